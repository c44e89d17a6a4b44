#include "text/special_tokens.h"

#include <algorithm>

namespace dotmoe {

SpecialTokens::SpecialTokens(std::vector<Token> tokens) {
    for (auto& token : tokens)
        if (!token.text.empty())
            by_first_byte_[static_cast<unsigned char>(token.text[0])].push_back(std::move(token));
    for (auto& same_start : by_first_byte_)
        std::ranges::stable_sort(same_start, std::ranges::greater{},
                                 [](const Token& token) { return token.text.size(); });
}

std::optional<SpecialTokens::Found> SpecialTokens::find(std::string_view text, std::size_t from) const {
    for (std::size_t i = from; i < text.size(); ++i)
        for (const auto& token : by_first_byte_[static_cast<unsigned char>(text[i])])
            if (text.substr(i).starts_with(token.text)) return Found{i, i + token.text.size(), token.id};
    return std::nullopt;
}

}  // namespace dotmoe
