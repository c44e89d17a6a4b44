#include "base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace dotmoe {
namespace {

constexpr std::string_view temporary_ending = ".partial";

std::string last_cause() {
    return std::strerror(errno);
}

bool is_removed(int descriptor) {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && status.st_nlink == 0;
}

/// Temporaries of the same target that nobody writes any more: their processes were killed.
void remove_left_behind(const std::filesystem::path& target, const std::filesystem::path& own) {
    const auto folder = target.has_parent_path() ? target.parent_path() : ".";
    const auto beginning = target.filename().string() + ".";
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(beginning) || !name.ends_with(temporary_ending)) continue;
        if (name == own.filename()) continue;
        const int descriptor = ::open(entry.path().c_str(), O_WRONLY | O_CLOEXEC);
        if (descriptor < 0) continue;
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
        ::close(descriptor);
    }
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) fail("{}: cannot be opened: {}", path.string(), last_cause());
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        fail("{}: is not a regular file", path.string());
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    void* start = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    const auto cause = last_cause();
    ::close(descriptor);
    if (start == MAP_FAILED) fail("{}: cannot be mapped: {}", path.string(), cause);
    bytes_ = {static_cast<const std::byte*>(start), size};
}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
    temporary_ = target_;
    temporary_ += fmt::format(".{}{}", ::getpid(), temporary_ending);
    open();
    remove_left_behind(target_, temporary_);
}

void AtomicFile::open() {
    // Again where another process took it, between its making and its lock, for one left behind.
    do {
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (descriptor_ < 0) fail("{}: cannot be written: {}", target_.string(), last_cause());
    } while (::flock(descriptor_, LOCK_EX) == 0 && is_removed(descriptor_));
}

AtomicFile::~AtomicFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("{}: writing failed: {}", target_.string(), last_cause());
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void AtomicFile::write(std::string_view text) {
    write(std::as_bytes(std::span(text.data(), text.size())));
}

void AtomicFile::commit() {
    if (::fsync(descriptor_) != 0) fail("{}: writing failed: {}", target_.string(), last_cause());
    if (::rename(temporary_.c_str(), target_.c_str()) != 0)
        fail("{}: cannot be replaced: {}", target_.string(), last_cause());
    ::close(std::exchange(descriptor_, -1));
}

void write_file_atomically(const std::filesystem::path& target, std::string_view text) {
    AtomicFile file(target);
    file.write(text);
    file.commit();
}

std::string read_text_file(const std::filesystem::path& path) {
    const MappedFile file(path);
    const auto bytes = file.bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void ensure_writable_directory(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) fail("{}: cannot be created: {}", directory.string(), error.message());
    try {
        AtomicFile probe(directory / ".dotmoe-probe");
    } catch (const Error&) {
        fail("{}: cannot be written to: {}; choose another folder", directory.string(), last_cause());
    }
}

}  // namespace dotmoe
