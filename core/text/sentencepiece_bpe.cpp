#include "text/sentencepiece_bpe.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/error.h"
#include "text/utf8.h"

namespace dotmoe {
namespace {

constexpr std::string_view kSpaceMark = "\u2581";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string result;
    for (std::size_t found; (found = text.find(from)) != std::string_view::npos;) {
        result.append(text.substr(0, found)).append(to);
        text.remove_prefix(found + from.size());
    }
    return result.append(text);
}

}  // namespace

std::optional<unsigned char> spelt_byte(std::string_view token) {
    unsigned char byte = 0;
    if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>') return std::nullopt;
    const auto [end, error] = std::from_chars(token.data() + 3, token.data() + 5, byte, 16);
    if (error != std::errc() || end != token.data() + 5) return std::nullopt;
    return byte;
}

std::string sentencepiece_text(const std::string& token, TokenKind kind) {
    if (const auto byte = spelt_byte(token); byte && kind == TokenKind::byte)
        return {static_cast<char>(*byte)};
    return replaced(token, kSpaceMark, " ");
}

SentencePieceBpe::SentencePieceBpe(const Vocabulary& vocabulary, MergeTable merges)
    : vocabulary_(vocabulary), merges_(std::move(merges)) {
    bytes_.fill(-1);
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
        const auto& token = vocabulary.tokens[i];
        const auto id = static_cast<TokenId>(i);
        if (vocabulary.kinds[i] == TokenKind::byte) {
            if (const auto byte = spelt_byte(token)) bytes_[*byte] = id;
        } else if (vocabulary.kinds[i] != TokenKind::unused) {
            ids_.emplace(token, id);
        }
    }
}

void SentencePieceBpe::spell(std::string_view character, std::vector<TokenId>& ids) const {
    const auto of = [&](char byte) { return bytes_[static_cast<unsigned char>(byte)]; };
    if (std::ranges::all_of(character, [&](char byte) { return of(byte) >= 0; })) {
        for (const char byte : character) ids.push_back(of(byte));
    } else if (vocabulary_.unknown) {
        const bool again = vocabulary_.fuse_unknown && !ids.empty() && ids.back() == *vocabulary_.unknown;
        if (!again) ids.push_back(*vocabulary_.unknown);
    }
}

void SentencePieceBpe::encode(std::string_view piece, bool first, std::vector<TokenId>& ids) const {
    if (piece.empty()) return;
    auto text = replaced(piece, " ", kSpaceMark);
    if (vocabulary_.space_prefix == SpacePrefix::every ||
        (vocabulary_.space_prefix == SpacePrefix::first && first && !text.starts_with(kSpaceMark)))
        text.insert(0, kSpaceMark);
    std::vector<TokenId> tokens;
    for (std::string_view rest = text; !rest.empty();) {
        const auto character = rest.substr(0, first_character(rest));
        rest.remove_prefix(character.size());
        const auto found = ids_.find(character);
        if (found != ids_.end())
            tokens.push_back(found->second);
        else
            spell(character, tokens);
    }
    apply_merges(merges_, tokens);
    ids.insert(ids.end(), tokens.begin(), tokens.end());
}

std::vector<double> sentencepiece_scores(const Vocabulary& vocabulary) {
    std::unordered_map<std::string, double> made;
    for (std::size_t rank = 0; rank < vocabulary.merges.size(); ++rank)
        made.emplace(replaced(vocabulary.merges[rank], " ", ""), -static_cast<double>(rank));
    std::vector<double> scores;
    scores.reserve(vocabulary.tokens.size());
    for (const auto& token : vocabulary.tokens) {
        const auto found = made.find(token);
        scores.push_back(found == made.end() ? -static_cast<double>(vocabulary.merges.size())
                                             : found->second);
    }
    return scores;
}

std::vector<std::string> merges_by_score(const std::vector<std::string>& tokens,
                                         const std::vector<double>& scores) {
    std::unordered_map<std::string_view, std::size_t> ids;
    for (std::size_t i = 0; i < tokens.size(); ++i) ids.emplace(tokens[i], i);
    std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;  // minus the score, left, right
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::string_view token = tokens[i];
        // Blanks are U+2581 by then: a token with a plain one (Gemma's runs of them) is only found whole.
        if (token.find(' ') != std::string_view::npos) continue;
        for (std::size_t at = 1; at < token.size(); ++at) {
            const auto left = ids.find(token.substr(0, at)), right = ids.find(token.substr(at));
            if (left != ids.end() && right != ids.end())
                pairs.emplace_back(-scores[i], left->second, right->second);
        }
    }
    std::ranges::sort(pairs);
    std::vector<std::string> merges;
    merges.reserve(pairs.size());
    for (const auto& [score, left, right] : pairs)
        merges.push_back(fmt::format("{} {}", tokens[left], tokens[right]));
    return merges;
}

}  // namespace dotmoe
