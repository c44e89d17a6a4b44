#include "make_toy/bpe_trainer.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

#include "text/byte_alphabet.h"
#include "text/pre_tokenizer.h"

namespace dotmoe {
namespace {

constexpr std::string_view kRule = "smollm";

using Pair = std::pair<TokenId, TokenId>;

/// A distinct word and how often the text has it.
struct Word {
    std::vector<TokenId> tokens;
    std::int64_t count = 0;
};

std::vector<Word> words_of(std::string_view text) {
    const PreTokenizer rule(kRule);
    std::unordered_map<std::string_view, std::int64_t> counts;
    PreTokenizer::Cursor cursor(rule, text);
    for (auto word = cursor.next(); !word.empty(); word = cursor.next()) ++counts[word];
    std::vector<Word> words;
    for (const auto& [word, count] : counts) {
        words.push_back({{}, count});
        for (const unsigned char byte : word) words.back().tokens.push_back(byte);
    }
    return words;
}

class PairCounts {
  public:
    void add(const Word& word, std::int64_t sign) {
        for (std::size_t i = 0; i + 1 < word.tokens.size(); ++i)
            counts_[{word.tokens[i], word.tokens[i + 1]}] += sign * word.count;
    }

    /// The pair and its count; the lowest pair among equals, so that the order of words does not matter.
    std::pair<Pair, std::int64_t> most_frequent() const {
        const auto best =
            std::ranges::max_element(counts_, {}, [](const auto& entry) { return entry.second; });
        if (best == counts_.end()) return {};
        return *best;
    }

  private:
    std::map<Pair, std::int64_t> counts_;
};

bool holds(const Word& word, const Pair& pair) {
    const auto& tokens = word.tokens;
    return std::adjacent_find(tokens.begin(), tokens.end(), [&](TokenId a, TokenId b) {
               return Pair{a, b} == pair;
           }) != tokens.end();
}

void merge(Word& word, const Pair& pair, TokenId merged) {
    std::vector<TokenId> result;
    for (std::size_t i = 0; i < word.tokens.size(); ++i) {
        const bool here = i + 1 < word.tokens.size() && Pair{word.tokens[i], word.tokens[i + 1]} == pair;
        result.push_back(here ? merged : word.tokens[i]);
        i += here;
    }
    word.tokens = std::move(result);
}

}  // namespace

Vocabulary train_byte_bpe(std::string_view text, std::int64_t merges) {
    Vocabulary vocabulary;
    vocabulary.pre_tokenizer = kRule;
    for (int byte = 0; byte < 256; ++byte)
        vocabulary.tokens.push_back(byte_to_printable(static_cast<unsigned char>(byte)));

    auto words = words_of(text);
    PairCounts counts;
    for (const auto& word : words) counts.add(word, +1);
    for (std::int64_t rank = 0; rank < merges; ++rank) {
        const auto [pair, count] = counts.most_frequent();
        if (count < 2) break;
        const auto merged = static_cast<TokenId>(vocabulary.tokens.size());
        const auto left = vocabulary.tokens[static_cast<std::size_t>(pair.first)];
        const auto right = vocabulary.tokens[static_cast<std::size_t>(pair.second)];
        vocabulary.merges.push_back(std::string(left).append(" ").append(right));
        vocabulary.tokens.push_back(left + right);
        for (auto& word : words) {
            if (!holds(word, pair)) continue;
            counts.add(word, -1);
            merge(word, pair, merged);
            counts.add(word, +1);
        }
    }

    vocabulary.kinds.assign(vocabulary.tokens.size(), TokenKind::normal);
    const auto end_of_text = static_cast<TokenId>(vocabulary.tokens.size());
    vocabulary.tokens.emplace_back("<|endoftext|>");
    vocabulary.kinds.push_back(TokenKind::control);
    vocabulary.bos = vocabulary.eos = vocabulary.pad = end_of_text;
    return vocabulary;
}

}  // namespace dotmoe
