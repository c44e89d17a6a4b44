#define PCRE2_CODE_UNIT_WIDTH 8
#include "text/pre_tokenizer.h"

#include <pcre2.h>

#include <array>

#include "base/error.h"

namespace dotmoe {
namespace {

// Unicode's White_Space. Not PCRE2's \s, which also has U+180E.
#define BLANK R"(\x09-\x0d\x20\x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})"

// GPT-2's rule (openai/gpt-2 encoder.py).
constexpr const char* gpt2_rule =
    "'s|'t|'re|'ve|'m|'ll|'d"
    R"(| ?\p{L}+| ?\p{N}+| ?[^)" BLANK R"(\p{L}\p{N}]+|[)" BLANK "]+(?![^" BLANK "])|[" BLANK "]+";

// Every \p{N} stands alone, then GPT-2's rule on what lies between: digits bound the text for its lookahead.
constexpr const char* digits_alone_rule =
    R"(\p{N}|'s|'t|'re|'ve|'m|'ll|'d)"
    R"(| ?\p{L}+| ?[^)" BLANK R"(\p{L}\p{N}]+|[)" BLANK "]+(?![^" BLANK R"(\p{N}]))"
    "|[" BLANK "]+";
#undef BLANK

struct Rule {
    std::string_view name;
    const char* pattern;
};

constexpr std::array rules{
    Rule{"gpt-2", gpt2_rule},          Rule{"default", gpt2_rule},
    Rule{"smollm", digits_alone_rule}, Rule{"starcoder", digits_alone_rule},
    Rule{"refact", digits_alone_rule}, Rule{"command-r", digits_alone_rule},
};

std::string known_rules() {
    std::string names;
    for (const auto& rule : rules) names += (names.empty() ? "" : ", ") + std::string(rule.name);
    return names;
}

const char* pattern_of(std::string_view name) {
    for (const auto& rule : rules)
        if (rule.name == name) return rule.pattern;
    fail("pre-tokenizer rule '{}' is not supported; known are {}", name, known_rules());
}

std::string message_of(int code) {
    std::array<unsigned char, 256> text{};
    pcre2_get_error_message(code, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

struct Free {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

}  // namespace

struct PreTokenizer::Pattern {
    std::unique_ptr<pcre2_code, Free> code;
};

struct PreTokenizer::Cursor::Match {
    std::unique_ptr<pcre2_match_data, Free> data;
};

PreTokenizer::PreTokenizer(std::string_view rule) : pattern_(std::make_unique<Pattern>()) {
    int error = 0;
    std::size_t offset = 0;
    pattern_->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern_of(rule)), PCRE2_ZERO_TERMINATED,
                                       PCRE2_ANCHORED | PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr));
    if (!pattern_->code)
        fail("pre-tokenizer rule '{}' does not compile: {} at {}", rule, message_of(error), offset);
    // Anchored here and not in pcre2_match, which would not run the JIT's code with that option.
    // Without a JIT on this machine, pcre2_match interprets: slower, same words.
    pcre2_jit_compile(pattern_->code.get(), PCRE2_JIT_COMPLETE);
}

PreTokenizer::~PreTokenizer() = default;
PreTokenizer::PreTokenizer(PreTokenizer&&) noexcept = default;

PreTokenizer::Cursor::Cursor(const PreTokenizer& rule, std::string_view text)
    : rule_(rule), text_(text), match_(std::make_unique<Match>()) {
    match_->data.reset(pcre2_match_data_create_from_pattern(rule.pattern_->code.get(), nullptr));
}

PreTokenizer::Cursor::~Cursor() = default;

std::string_view PreTokenizer::Cursor::next() {
    if (position_ == text_.size()) return {};
    const int found = pcre2_match(rule_.pattern_->code.get(), reinterpret_cast<PCRE2_SPTR>(text_.data()),
                                  text_.size(), position_, PCRE2_NO_UTF_CHECK, match_->data.get(), nullptr);
    if (found < 0) fail("splitting the text failed at byte {}: {}", position_, message_of(found));
    const auto end = pcre2_get_ovector_pointer(match_->data.get())[1];
    const auto word = text_.substr(position_, end - position_);
    position_ = end;
    return word;
}

}  // namespace dotmoe
