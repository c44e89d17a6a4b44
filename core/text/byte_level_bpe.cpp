#include "text/byte_level_bpe.h"

#include <algorithm>

#include "text/byte_alphabet.h"
#include "text/normalise.h"
#include "text/utf8.h"

namespace dotmoe {
namespace {

constexpr TokenId no_token = -1;

/// Where the ids of a word already encoded in this piece lie in its output.
struct Span {
    std::size_t begin, size;
};
using SeenWords = std::unordered_map<std::string_view, Span>;
constexpr std::size_t longest_seen_word = 64;

}  // namespace

ByteLevelBpe::ByteLevelBpe(const Vocabulary& vocabulary, MergeTable merges)
    : vocabulary_(vocabulary),
      rule_(pre_tokenizer_rule(vocabulary.pre_tokenizer)),
      pre_tokenizer_(rule_.name),
      merges_(std::move(merges)) {
    bytes_.fill(no_token);
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        const auto text = printable_to_bytes(vocabulary.tokens[i]);
        if (!text) continue;
        if (text->size() == 1) bytes_[static_cast<unsigned char>(text->front())] = id;
        if (rule_.ignore_merges && vocabulary.kinds[i] == TokenKind::normal) whole_words_.emplace(*text, id);
    }
}

void ByteLevelBpe::encode_word(std::string_view word, std::vector<TokenId>& ids,
                               std::vector<TokenId>& scratch) const {
    if (rule_.ignore_merges)
        if (const auto found = whole_words_.find(std::string(word)); found != whole_words_.end())
            return ids.push_back(found->second);
    scratch.clear();
    bool after_unknown = false;
    for (const char byte : word) {
        const auto id = bytes_[static_cast<unsigned char>(byte)];
        // A byte that the vocabulary lacks is the unknown token, or nothing where there is none.
        if (id != no_token)
            scratch.push_back(id);
        else if (vocabulary_.unknown && !(after_unknown && vocabulary_.fuse_unknown))
            scratch.push_back(*vocabulary_.unknown);
        after_unknown = id == no_token;
    }
    apply_merges(merges_, scratch);
    ids.insert(ids.end(), scratch.begin(), scratch.end());
}

void ByteLevelBpe::encode(std::string_view piece, std::vector<TokenId>& ids) const {
    std::string normalised;
    if (rule_.nfc && !is_ascii(piece)) piece = normalised = to_nfc(piece);
    SeenWords seen;
    std::vector<TokenId> scratch;
    PreTokenizer::Cursor words(pre_tokenizer_, piece);
    for (auto word = words.next(); !word.empty(); word = words.next()) {
        const auto begin = ids.size();
        if (word.size() > longest_seen_word) {
            encode_word(word, ids, scratch);
            continue;
        }
        const auto [found, is_new] = seen.try_emplace(word, Span{begin, 0});
        auto& known = found->second;
        if (is_new) {
            encode_word(word, ids, scratch);
            known.size = ids.size() - begin;
        } else {
            ids.resize(begin + known.size);
            std::copy_n(ids.begin() + static_cast<std::ptrdiff_t>(known.begin), known.size,
                        ids.begin() + static_cast<std::ptrdiff_t>(begin));
        }
    }
}

}  // namespace dotmoe
