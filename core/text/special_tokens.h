// Special tokens written in a text: found before anything else looks at it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dotmoe {

class SpecialTokens {
  public:
    struct Token {
        std::string text;
        std::int32_t id;
    };
    explicit SpecialTokens(std::vector<Token> tokens);

    struct Found {
        std::size_t begin, end;
        std::int32_t id;
    };
    /// The leftmost special token at or after `from`, the longest of those that start there.
    std::optional<Found> find(std::string_view text, std::size_t from) const;

  private:
    std::array<std::vector<Token>, 256> by_first_byte_;  // longest first
};

}  // namespace dotmoe
