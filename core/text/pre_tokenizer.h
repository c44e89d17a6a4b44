// Text into the words that byte-pair merges never cross.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dotmoe {

/// A compiled splitting rule (PCRE2 with JIT). Immutable; cursors of several threads may use it at once.
class PreTokenizer {
  public:
    /// `rule` as in GGUF's tokenizer.ggml.pre. Throws Error on a rule that is not known.
    explicit PreTokenizer(std::string_view rule);
    ~PreTokenizer();
    PreTokenizer(PreTokenizer&&) noexcept;

    /// Walks one text, which must be well-formed UTF-8; the words joined give the text back.
    class Cursor {
      public:
        Cursor(const PreTokenizer& rule, std::string_view text);
        ~Cursor();
        Cursor(const Cursor&) = delete;
        Cursor& operator=(const Cursor&) = delete;

        /// The next word; empty at the end of the text.
        std::string_view next();

      private:
        struct Match;
        const PreTokenizer& rule_;
        std::string_view text_;
        std::size_t position_ = 0;
        std::unique_ptr<Match> match_;
    };

  private:
    struct Pattern;
    std::unique_ptr<Pattern> pattern_;
};

}  // namespace dotmoe
