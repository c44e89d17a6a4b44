#include "export/tokenizer_json.h"

#include "base/error.h"
#include "text/pre_tokenizer_rules.h"

namespace dotmoe {
namespace {

using Json = nlohmann::json;

const std::string& token_at(const Vocabulary& vocabulary, TokenId id) {
    if (id < 0 || id >= std::ssize(vocabulary.tokens))
        fail("special token id {} is outside the vocabulary of {}", id, vocabulary.tokens.size());
    return vocabulary.tokens[id];
}

Json byte_level(bool use_regex = true) {
    return {
        {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", use_regex}};
}

Json pre_tokenizer(const PreTokenizerRule& rule) {
    const bool of_byte_level = rule.pattern == pre_tokenizer_rule("gpt-2").pattern;
    if (of_byte_level && !rule.digits_alone) return byte_level();
    const Json digits = {{"type", "Digits"}, {"individual_digits", true}};
    const Json split = {{"type", "Split"},
                        {"pattern", {{"Regex", rule.pattern}}},
                        {"behavior", "Isolated"},
                        {"invert", false}};
    return {{"type", "Sequence"},
            {"pretokenizers", {of_byte_level ? digits : split, byte_level(of_byte_level)}}};
}

Json added_token(const Vocabulary& vocabulary, std::size_t id) {
    return {{"content", vocabulary.tokens[id]},
            {"single_word", false},
            {"lstrip", false},
            {"rstrip", false},
            {"normalized", false},
            {"special", vocabulary.kinds[id] == TokenKind::control}};
}

Json added_tokens(const Vocabulary& vocabulary) {
    Json list = Json::array();
    for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id)
        if (is_added(vocabulary.kinds[id])) {
            auto token = added_token(vocabulary, id);
            token["id"] = id;
            list.push_back(std::move(token));
        }
    return list;
}

Json post_processor(const Vocabulary& vocabulary) {
    if (!vocabulary.add_bos || !vocabulary.bos) return nullptr;
    const auto& bos = token_at(vocabulary, *vocabulary.bos);
    const auto special = [&](int type) { return Json{{"SpecialToken", {{"id", bos}, {"type_id", type}}}}; };
    const auto text = [](const char* id, int type) {
        return Json{{"Sequence", {{"id", id}, {"type_id", type}}}};
    };
    const Json token = {{"id", bos}, {"ids", {*vocabulary.bos}}, {"tokens", {bos}}};
    return {{"type", "TemplateProcessing"},
            {"single", {special(0), text("A", 0)}},
            {"pair", {special(0), text("A", 0), special(1), text("B", 1)}},
            {"special_tokens", {{bos, token}}}};
}

bool is_sentencepiece(const Vocabulary& vocabulary) {
    return vocabulary.model == TokenizerModel::sentencepiece;
}

constexpr auto blank = "\u2581";

Json replace(const char* from, const char* to) {
    return {{"type", "Replace"}, {"pattern", {{"String", from}}}, {"content", to}};
}

// Before the text alone, a blank is put by the pre-tokenizer: a normalizer is not told where the text begins.
Json sentencepiece_normalizer(SpacePrefix prefix) {
    if (prefix == SpacePrefix::first) return nullptr;
    if (prefix == SpacePrefix::none) return replace(" ", blank);
    return {{"type", "Sequence"},
            {"normalizers", {Json{{"type", "Prepend"}, {"prepend", blank}}, replace(" ", blank)}}};
}

Json sentencepiece_pre_tokenizer(SpacePrefix prefix) {
    if (prefix != SpacePrefix::first) return nullptr;
    return {{"type", "Metaspace"}, {"replacement", blank}, {"prepend_scheme", "first"}, {"split", false}};
}

Json sentencepiece_decoder(SpacePrefix prefix) {
    Json steps = {replace(blank, " "), Json{{"type", "ByteFallback"}}, Json{{"type", "Fuse"}}};
    if (prefix != SpacePrefix::none)
        steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
    return {{"type", "Sequence"}, {"decoders", std::move(steps)}};
}

Json bpe(const Vocabulary& vocabulary) {
    Json ids = Json::object();
    for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id)
        if (!ids.emplace(vocabulary.tokens[id], id).second)
            fail("token {} '{}' stands twice in the vocabulary", id, vocabulary.tokens[id]);
    return {
        {"type", "BPE"},
        {"dropout", nullptr},
        {"unk_token", vocabulary.unknown ? Json(token_at(vocabulary, *vocabulary.unknown)) : Json(nullptr)},
        {"continuing_subword_prefix", nullptr},
        {"end_of_word_suffix", nullptr},
        {"fuse_unk", vocabulary.fuse_unknown},
        {"byte_fallback", is_sentencepiece(vocabulary)},
        {"ignore_merges",
         !is_sentencepiece(vocabulary) && pre_tokenizer_rule(vocabulary.pre_tokenizer).ignore_merges},
        {"vocab", std::move(ids)},
        {"merges", vocabulary.merges}};
}

}  // namespace

nlohmann::json tokenizer_json(const Vocabulary& vocabulary) {
    if (vocabulary.kinds.size() != vocabulary.tokens.size())
        fail("the vocabulary has {} tokens and {} token types", vocabulary.tokens.size(),
             vocabulary.kinds.size());
    Json json = {{"version", "1.0"},
                 {"truncation", nullptr},
                 {"padding", nullptr},
                 {"added_tokens", added_tokens(vocabulary)},
                 {"post_processor", post_processor(vocabulary)},
                 {"model", bpe(vocabulary)}};
    if (is_sentencepiece(vocabulary)) {
        const auto prefix = vocabulary.space_prefix;
        json["normalizer"] = sentencepiece_normalizer(prefix);
        json["pre_tokenizer"] = sentencepiece_pre_tokenizer(prefix);
        json["decoder"] = sentencepiece_decoder(prefix);
    } else {
        const auto& rule = pre_tokenizer_rule(vocabulary.pre_tokenizer);
        json["normalizer"] = rule.nfc ? Json{{"type", "NFC"}} : Json();
        json["pre_tokenizer"] = pre_tokenizer(rule);
        json["decoder"] = byte_level();
    }
    return json;
}

nlohmann::ordered_json special_tokens_map_json(const Vocabulary& vocabulary) {
    auto json = nlohmann::ordered_json::object();
    const auto put = [&](const char* key, const std::optional<TokenId>& id) {
        if (id) json[key] = token_at(vocabulary, *id);
    };
    put("bos_token", vocabulary.bos);
    put("eos_token", vocabulary.eos);
    put("pad_token", vocabulary.pad);
    put("unk_token", vocabulary.unknown);
    return json;
}

nlohmann::ordered_json tokenizer_config_json(const Vocabulary& vocabulary, std::int64_t context) {
    nlohmann::ordered_json json = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                                   {"model_max_length", context},
                                   // Else it gives token types too, which generate() refuses.
                                   {"model_input_names", {"input_ids", "attention_mask"}},
                                   {"clean_up_tokenization_spaces", false}};
    if (!is_sentencepiece(vocabulary)) json["add_prefix_space"] = false;
    auto decoder = nlohmann::ordered_json::object();
    for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id)
        if (is_added(vocabulary.kinds[id])) decoder[std::to_string(id)] = added_token(vocabulary, id);
    json["added_tokens_decoder"] = std::move(decoder);
    json.update(special_tokens_map_json(vocabulary));
    if (!vocabulary.chat_template.empty()) json["chat_template"] = vocabulary.chat_template;
    return json;
}

}  // namespace dotmoe
