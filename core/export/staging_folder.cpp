#include "export/staging_folder.h"

#include <unistd.h>

#include "base/error.h"

namespace dotmoe {
namespace fs = std::filesystem;
namespace {

void check_free(const fs::path& target, StagingTarget kind) {
    std::error_code error;
    if (!fs::exists(target, error)) {
        if (error) fail("{}: cannot be reached: {}", target.string(), error.message());
        return;
    }
    if (kind == StagingTarget::file)
        fail("{}: exists; choose another name, or remove it first", target.string());
    if (!fs::is_directory(target, error))
        fail("{}: exists and is no folder; choose another name", target.string());
    const bool empty = fs::is_empty(target, error);
    if (error) fail("{}: cannot be read: {}", target.string(), error.message());
    if (!empty) fail("{}: is not empty; choose another folder, or remove it first", target.string());
}

// "out/" and "out" are the same folder; a sibling needs its name.
fs::path named(const fs::path& target) {
    auto path = fs::absolute(target).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

fs::path first_missing(fs::path path) {
    while (path.has_relative_path() && !fs::exists(path.parent_path())) path = path.parent_path();
    return path;
}

}  // namespace

StagingFolder::StagingFolder(const fs::path& target, StagingTarget kind)
    : kind_(kind), target_(named(target)) {
    check_free(target_, kind_);
    temporary_ = target_;
    temporary_ += fmt::format(".{}.partial", ::getpid());
    removed_on_failure_ = first_missing(temporary_);
    std::error_code error;
    fs::create_directories(temporary_, error);
    if (error) {
        std::error_code ignored;
        if (removed_on_failure_ != temporary_) fs::remove_all(removed_on_failure_, ignored);
        fail("{}: cannot be created: {}", target_.string(), error.message());
    }
}

StagingFolder::~StagingFolder() {
    std::error_code ignored;
    if (!committed_) fs::remove_all(removed_on_failure_, ignored);
}

void StagingFolder::commit() {
    std::error_code error;
    if (kind_ == StagingTarget::file)
        for (const auto& entry : fs::directory_iterator(temporary_)) {
            fs::rename(entry.path(), target_.parent_path() / entry.path().filename(), error);
            if (error) break;
        }
    else
        fs::rename(temporary_, target_, error);
    if (error) fail("{}: cannot be put in place: {}", target_.string(), error.message());
    committed_ = true;
    if (kind_ == StagingTarget::file) fs::remove(temporary_, error);
}

}  // namespace dotmoe
