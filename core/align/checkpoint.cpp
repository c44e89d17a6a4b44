#include "align/checkpoint.h"

#include "base/error.h"
#include "base/files.h"
#include "formats/torch_safetensors.h"

namespace dotmoe {
namespace {

std::filesystem::path file_of(const std::filesystem::path& folder) {
    return folder / "state.safetensors";
}

Checkpoint header_of(const safetensors::File& file, const std::filesystem::path& path) {
    try {
        return {file.metadata().at("fingerprint"), nlohmann::json::parse(file.metadata().at("notes")), {}};
    } catch (const std::exception&) {
        fail("{}: is no checkpoint, or a damaged one; remove it or convert without --resume", path.string());
    }
}

}  // namespace

void save_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint) {
    ensure_writable_directory(folder);
    std::vector<safetensors::TensorToWrite> tensors;
    for (const auto& [name, tensor] : checkpoint.tensors) tensors.push_back(to_write(name, tensor));
    safetensors::write(file_of(folder), tensors,
                       {{"fingerprint", checkpoint.fingerprint}, {"notes", checkpoint.notes.dump()}});
}

std::optional<Checkpoint> load_checkpoint(const std::filesystem::path& folder,
                                          const std::string& fingerprint) {
    const auto path = file_of(folder);
    if (!std::filesystem::exists(path)) return std::nullopt;
    const safetensors::File file(path);
    auto checkpoint = header_of(file, path);
    if (checkpoint.fingerprint != fingerprint)
        fail("{}: was made with another recipe, model or text; use the same, or convert without --resume",
             path.string());
    for (const auto& entry : file.tensors()) checkpoint.tensors[entry.name] = to_tensor(entry);
    return checkpoint;
}

bool has_checkpoint(const std::filesystem::path& folder) {
    return std::filesystem::exists(file_of(folder));
}

std::optional<Checkpoint> peek_checkpoint(const std::filesystem::path& folder) {
    const auto path = file_of(folder);
    if (!std::filesystem::exists(path)) return std::nullopt;
    return header_of(safetensors::File(path), path);
}

void move_checkpoint(const std::filesystem::path& from, const std::filesystem::path& to) {
    ensure_writable_directory(to);
    std::error_code error;
    std::filesystem::rename(file_of(from), file_of(to), error);
    if (error) fail("{}: {}", file_of(to).string(), error.message());
    remove_checkpoint(from);
}

void remove_checkpoint(const std::filesystem::path& folder) {
    std::error_code ignored;  // a checkpoint that can't be removed does no harm
    std::filesystem::remove(file_of(folder), ignored);
    std::filesystem::remove(folder, ignored);
}

}  // namespace dotmoe
