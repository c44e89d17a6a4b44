// The tokenizer's metadata in a GGUF file.
#include <utility>

#include "base/error.h"
#include "text/sentencepiece_bpe.h"
#include "text/tokenizer.h"

namespace dotmoe {
namespace {

std::vector<TokenKind> read_kinds(const gguf::File& file, std::size_t tokens) {
    const auto stored = file.get<std::vector<std::int64_t>>("tokenizer.ggml.token_type");
    if (!stored) return std::vector(tokens, TokenKind::normal);
    std::vector<TokenKind> kinds;
    for (const auto kind : *stored) {
        if (kind < 0 || kind > static_cast<std::int64_t>(TokenKind::byte))
            fail("{}: tokenizer.ggml.token_type holds {}, which is no token type", file.path().string(),
                 kind);
        kinds.push_back(static_cast<TokenKind>(kind));
    }
    return kinds;
}

std::optional<TokenId> read_id(const gguf::File& file, std::string_view key) {
    const auto id = file.get<std::int64_t>(key);
    if (!id) return std::nullopt;
    if (!std::in_range<TokenId>(*id))
        fail("{}: metadata '{}' holds {}, which is no token", file.path().string(), key, *id);
    return static_cast<TokenId>(*id);
}

/// llama.cpp puts a blank before every piece unless the file says otherwise.
void read_sentencepiece(const gguf::File& file, Vocabulary& vocabulary) {
    vocabulary.model = TokenizerModel::sentencepiece;
    const bool prefix = file.get<bool>("tokenizer.ggml.add_space_prefix").value_or(true);
    const bool once = file.get<bool>(kSpacePrefixOnce).value_or(false);
    vocabulary.space_prefix = !prefix ? SpacePrefix::none : once ? SpacePrefix::first : SpacePrefix::every;
    const auto scores = file.require<std::vector<double>>("tokenizer.ggml.scores");
    if (scores.size() != vocabulary.tokens.size())
        fail("{}: tokenizer.ggml.scores has {} values for {} tokens: the file is damaged",
             file.path().string(), scores.size(), vocabulary.tokens.size());
    vocabulary.merges = merges_by_score(vocabulary.tokens, scores);
}

Vocabulary read_vocabulary(const gguf::File& file) {
    const auto model = file.require<std::string>("tokenizer.ggml.model");
    if (model != "gpt2" && model != "llama")
        fail(
            "{}: the tokenizer model '{}' is not supported; byte-level BPE ('gpt2') and SentencePiece's "
            "('llama') are",
            file.path().string(), model);
    Vocabulary vocabulary;
    vocabulary.tokens = file.require<std::vector<std::string>>("tokenizer.ggml.tokens");
    vocabulary.kinds = read_kinds(file, vocabulary.tokens.size());
    if (model == "llama")
        read_sentencepiece(file, vocabulary);
    else
        vocabulary.merges = file.require<std::vector<std::string>>("tokenizer.ggml.merges");
    vocabulary.pre_tokenizer = file.get<std::string>("tokenizer.ggml.pre").value_or("default");
    vocabulary.bos = read_id(file, "tokenizer.ggml.bos_token_id");
    vocabulary.eos = read_id(file, "tokenizer.ggml.eos_token_id");
    vocabulary.pad = read_id(file, "tokenizer.ggml.padding_token_id");
    vocabulary.unknown = read_id(file, "tokenizer.ggml.unknown_token_id");
    vocabulary.add_bos = file.get<bool>("tokenizer.ggml.add_bos_token").value_or(model == "llama");
    vocabulary.chat_template = file.get<std::string>("tokenizer.chat_template").value_or("");
    return vocabulary;
}

}  // namespace

std::shared_ptr<const Tokenizer> Tokenizer::from_gguf(const gguf::File& file) {
    auto vocabulary = read_vocabulary(file);
    try {
        return std::make_shared<const Tokenizer>(std::move(vocabulary));
    } catch (const Error& error) {
        fail("{}: {}", file.path().string(), error.what());
    }
}

}  // namespace dotmoe
