#include "model/stored_model.h"

#include "base/error.h"
#include "base/sha256.h"
#include "formats/safetensors_folder.h"
#include "model/gguf_model.h"
#include "model/huggingface_model.h"

namespace dotmoe {

namespace fs = std::filesystem;

std::unique_ptr<StoredModel> open_stored_model(const fs::path& path) {
    if (is_huggingface_folder(path)) return std::make_unique<HuggingFaceModel>(path);
    if (fs::is_directory(path))
        fail("{}: is a folder without a config.json: a GGUF file or a Hugging Face folder is needed",
             path.string());
    if (path.extension() == ".safetensors" || path.extension() == ".json")
        fail("{}: is one file of a Hugging Face folder: name the folder", path.string());
    return std::make_unique<GgufModel>(path);
}

bool is_huggingface_folder(const fs::path& folder) {
    return fs::is_regular_file(folder / "config.json");
}

std::vector<fs::path> model_files(const fs::path& path) {
    if (!fs::is_directory(path)) return {path};
    auto files = safetensors::weight_files(path);
    for (const auto* name : {"config.json", "tokenizer.json", "tokenizer_config.json"})
        if (fs::is_regular_file(path / name)) files.push_back(path / name);
    return files;
}

std::string model_sha256(const fs::path& path) {
    if (!fs::is_directory(path)) return sha256_of_file(path);
    std::string list;
    for (const auto& file : model_files(path))
        list += fmt::format("{}  {}\n", sha256_of_file(file), file.filename().string());
    return sha256_hex(std::as_bytes(std::span(list)));
}

}  // namespace dotmoe
