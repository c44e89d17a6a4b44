#include "text/pre_tokenizer_rules.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace dotmoe {
namespace {

// openai/gpt-2 encoder.py.
constexpr std::string_view kGpt2 =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// Llama 3's tokenizer.json: as tiktoken's cl100k_base.
constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|)"
    R"(\s*[\r\n]+|\s+(?!\S)|\s+)";

// Qwen2's tokenizer.json: the same, with every digit alone.
constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|)"
    R"(\s*[\r\n]+|\s+(?!\S)|\s+)";

constexpr PreTokenizerRule gpt2(std::string_view name) {
    return {name, kGpt2};
}
constexpr PreTokenizerRule digits_alone(std::string_view name) {
    return {.name = name, .pattern = kGpt2, .digits_alone = true};
}
constexpr PreTokenizerRule llama3(std::string_view name) {
    return {.name = name, .pattern = kLlama3, .ignore_merges = true};
}
constexpr PreTokenizerRule qwen2(std::string_view name) {
    return {.name = name, .pattern = kQwen2, .nfc = true};
}

constexpr std::array rules{
    gpt2("gpt-2"),
    gpt2("default"),
    digits_alone("smollm"),
    digits_alone("starcoder"),
    digits_alone("refact"),
    digits_alone("command-r"),
    llama3("llama-bpe"),
    llama3("llama3"),
    llama3("llama-v3"),
    qwen2("qwen2"),
    qwen2("deepseek-r1-qwen"),
};

std::string known_rules() {
    std::string names;
    for (const auto& rule : rules) names += (names.empty() ? "" : ", ") + std::string(rule.name);
    return names;
}

constexpr std::string_view kBlank =
    R"(\x09-\x0d\x20\x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";

std::string with_white_space(std::string_view pattern) {
    std::string result;
    bool in_class = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool escape = pattern[i] == '\\';
        if (pattern.substr(i, 2) == R"(\s)") {
            result += in_class ? std::string(kBlank) : fmt::format("[{}]", kBlank);
        } else if (pattern.substr(i, 2) == R"(\S)") {
            result += fmt::format("[^{}]", kBlank);
        } else {
            in_class = pattern[i] == '[' || (in_class && pattern[i] != ']');
            result += pattern.substr(i, escape ? 2 : 1);
        }
        if (escape) ++i;
    }
    return result;
}

}  // namespace

std::span<const PreTokenizerRule> pre_tokenizer_rules() {
    return rules;
}

const PreTokenizerRule& pre_tokenizer_rule(std::string_view name) {
    const auto* found = std::ranges::find(rules, name, &PreTokenizerRule::name);
    if (found == rules.end())
        fail("pre-tokenizer rule '{}' is not supported; known are {}", name, known_rules());
    return *found;
}

std::string pcre_pattern(const PreTokenizerRule& rule) {
    if (!rule.digits_alone) return with_white_space(rule.pattern);
    constexpr std::string_view numbers = R"(| ?\p{N}+)";  // none are left when the pattern's turn comes
    std::string rest(rule.pattern);
    if (const auto at = rest.find(numbers); at != std::string::npos) rest.erase(at, numbers.size());
    auto pattern = with_white_space(rest);
    // Digits bound what lies between, for its lookahead too: a blank before one ends the text.
    const auto ahead = fmt::format("(?![^{}])", kBlank);
    if (const auto at = pattern.find(ahead); at != std::string::npos)
        pattern.replace(at, ahead.size(), fmt::format(R"((?![^{}\p{{N}}]))", kBlank));
    return R"(\p{N}|)" + pattern;
}

}  // namespace dotmoe
