#include "export/tokenizer_check.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"

namespace dotmoe {
namespace {

void check_file(const std::filesystem::path& file, const Vocabulary& vocabulary) {
    const auto json = nlohmann::json::parse(read_text_file(file), nullptr, false);
    if (!json.is_object() || !json.contains("model") || !json["model"].is_object())
        fail("{}: is no tokenizer", file.string());
    const auto& model = json["model"];
    if (!model.contains("vocab") || !model["vocab"].is_object() ||
        model["vocab"].size() != vocabulary.tokens.size())
        fail("{}: does not hold the source's {} tokens", file.string(), vocabulary.tokens.size());
    for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
        const auto found = model["vocab"].find(vocabulary.tokens[id]);
        if (found == model["vocab"].end() || *found != id)
            fail("{}: token {} '{}' of the source is another here", file.string(), id, vocabulary.tokens[id]);
    }
    if (!model.contains("merges") || model["merges"] != nlohmann::json(vocabulary.merges))
        fail("{}: its merges are not the source's", file.string());
}

void check_metadata(const std::filesystem::path& path, const Vocabulary& vocabulary) {
    const gguf::File file(path);
    const auto tokens = file.require<std::vector<std::string>>("tokenizer.ggml.tokens");
    if (tokens.size() != vocabulary.tokens.size())
        fail("{}: does not hold the source's {} tokens", path.string(), vocabulary.tokens.size());
    for (std::size_t id = 0; id < tokens.size(); ++id)
        if (tokens[id] != vocabulary.tokens[id])
            fail("{}: token {} '{}' of the source is another here", path.string(), id, vocabulary.tokens[id]);
    if (file.require<std::vector<std::string>>("tokenizer.ggml.merges") != vocabulary.merges)
        fail("{}: its merges are not the source's", path.string());
    if (file.require<std::string>("tokenizer.ggml.pre") != vocabulary.pre_tokenizer)
        fail("{}: its pre-tokenizer is not the source's '{}'", path.string(), vocabulary.pre_tokenizer);
}

}  // namespace

void check_tokenizer(const std::filesystem::path& exported, const Vocabulary& vocabulary) {
    if (std::filesystem::is_directory(exported))
        check_file(exported / "tokenizer.json", vocabulary);
    else
        check_metadata(exported, vocabulary);
}

}  // namespace dotmoe
