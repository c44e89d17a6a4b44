#define PCRE2_CODE_UNIT_WIDTH 8
#include "text/pre_tokenizer.h"

#include <pcre2.h>

#include <array>

#include "base/error.h"
#include "text/pre_tokenizer_rules.h"

namespace dotmoe {
namespace {

std::string message_of(int code) {
    std::array<unsigned char, 256> text{};
    pcre2_get_error_message(code, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

}  // namespace

struct PreTokenizer::Pattern {
    struct Free {
        void operator()(pcre2_code* compiled) const { pcre2_code_free(compiled); }
    };
    std::unique_ptr<pcre2_code, Free> code;
};

struct PreTokenizer::Cursor::Match {
    struct Free {
        void operator()(pcre2_match_data* found) const { pcre2_match_data_free(found); }
    };
    std::unique_ptr<pcre2_match_data, Free> data;
};

PreTokenizer::PreTokenizer(std::string_view rule) : pattern_(std::make_unique<Pattern>()) {
    int error = 0;
    std::size_t offset = 0;
    const auto pattern = pcre_pattern(pre_tokenizer_rule(rule));
    pattern_->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
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
