#include "text/gguf_vocabulary.h"

#include <fmt/format.h>

#include "text/sentencepiece_bpe.h"

namespace dotmoe {

void add_vocabulary(GgufMetadata& metadata, const Vocabulary& vocabulary) {
    std::vector<std::int64_t> kinds;
    for (const auto kind : vocabulary.kinds) kinds.push_back(static_cast<std::int64_t>(kind));
    const bool sentencepiece = vocabulary.model == TokenizerModel::sentencepiece;
    metadata.emplace_back("tokenizer.ggml.model", sentencepiece ? "llama" : "gpt2");
    metadata.emplace_back("tokenizer.ggml.tokens", vocabulary.tokens);
    metadata.emplace_back("tokenizer.ggml.token_type", kinds);
    if (sentencepiece) {
        metadata.emplace_back("tokenizer.ggml.scores", sentencepiece_scores(vocabulary));
        metadata.emplace_back("tokenizer.ggml.add_space_prefix",
                              vocabulary.space_prefix != SpacePrefix::none);
        if (vocabulary.space_prefix == SpacePrefix::first) metadata.emplace_back(kSpacePrefixOnce, true);
    } else {
        metadata.emplace_back("tokenizer.ggml.pre", vocabulary.pre_tokenizer);
        metadata.emplace_back("tokenizer.ggml.merges", vocabulary.merges);
    }
    const auto add_id = [&](std::string_view which, const std::optional<TokenId>& id) {
        if (id)
            metadata.emplace_back(fmt::format("tokenizer.ggml.{}_token_id", which),
                                  static_cast<std::uint64_t>(*id));
    };
    add_id("bos", vocabulary.bos);
    add_id("eos", vocabulary.eos);
    add_id("padding", vocabulary.pad);
    add_id("unknown", vocabulary.unknown);
    metadata.emplace_back("tokenizer.ggml.add_bos_token", vocabulary.add_bos);
    if (!vocabulary.chat_template.empty())
        metadata.emplace_back("tokenizer.chat_template", vocabulary.chat_template);
}

}  // namespace dotmoe
