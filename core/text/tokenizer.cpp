#include "text/tokenizer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "text/bpe_merge.h"
#include "text/byte_alphabet.h"
#include "text/normalise.h"
#include "text/pre_tokenizer.h"
#include "text/pre_tokenizer_rules.h"
#include "text/special_tokens.h"
#include "text/utf8.h"

namespace dotmoe {
namespace {

using TokenIds = std::unordered_map<std::string_view, TokenId>;

/// Recognised in a text before it is split: token types 3 and 4.
bool is_added(TokenKind kind) {
    return kind == TokenKind::control || kind == TokenKind::user_defined;
}

void check(const Vocabulary& vocabulary) {
    const auto size = vocabulary.tokens.size();
    if (size == 0 || size > std::numeric_limits<TokenId>::max())
        fail("a vocabulary of {} tokens cannot be used", size);
    if (vocabulary.kinds.size() != size)
        fail("the vocabulary has {} tokens but {} token types", size, vocabulary.kinds.size());
    for (const auto id : {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unknown})
        if (id && (*id < 0 || static_cast<std::size_t>(*id) >= size))
            fail("special token {} is outside the vocabulary of {} tokens", *id, size);
}

TokenIds ids_of(const std::vector<std::string>& tokens) {
    TokenIds ids;
    ids.reserve(tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) ids[tokens[i]] = static_cast<TokenId>(i);
    return ids;
}

std::vector<Merge> read_merges(const std::vector<std::string>& merges, const TokenIds& ids) {
    std::vector<Merge> read;
    read.reserve(merges.size());
    std::string joined;
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        const std::string_view merge = merges[rank];
        const auto space = merge.find(' ');
        if (space == std::string_view::npos) fail("merge {} ('{}') is not two tokens", rank, merge);
        const auto left = merge.substr(0, space), right = merge.substr(space + 1);
        joined.assign(left).append(right);
        const auto id = [&](std::string_view token) {
            const auto found = ids.find(token);
            if (found == ids.end())
                fail("merge {} ('{}') needs the token '{}', which the vocabulary lacks", rank, merge, token);
            return found->second;
        };
        read.push_back({id(left), id(right), id(joined), static_cast<std::uint32_t>(rank)});
    }
    return read;
}

SpecialTokens added_tokens(const Vocabulary& vocabulary) {
    std::vector<SpecialTokens::Token> added;
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i)
        if (is_added(vocabulary.kinds[i])) added.push_back({vocabulary.tokens[i], static_cast<TokenId>(i)});
    return SpecialTokens(std::move(added));
}

/// What decode() writes for each token.
std::vector<std::string> decoded_tokens(const Vocabulary& vocabulary) {
    std::vector<std::string> decoded;
    decoded.reserve(vocabulary.tokens.size());
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
        const auto& token = vocabulary.tokens[i];
        decoded.push_back(is_added(vocabulary.kinds[i]) ? token : printable_to_bytes(token).value_or(token));
    }
    return decoded;
}

TokenIds ids_of_words(const Vocabulary& vocabulary, const std::vector<std::string>& decoded) {
    TokenIds ids;
    ids.reserve(decoded.size());
    for (std::size_t i = 0; i < decoded.size(); ++i)
        if (vocabulary.kinds[i] == TokenKind::normal) ids[decoded[i]] = static_cast<TokenId>(i);
    return ids;
}

constexpr TokenId no_token = -1;

std::array<TokenId, 256> byte_tokens(const TokenIds& ids) {
    std::array<TokenId, 256> tokens{};
    for (std::size_t byte = 0; byte < tokens.size(); ++byte) {
        const auto found = ids.find(byte_to_printable(static_cast<unsigned char>(byte)));
        tokens[byte] = found == ids.end() ? no_token : found->second;
    }
    return tokens;
}

/// Where the ids of a word already encoded in this call lie in its output.
struct Span {
    std::size_t begin, size;
};
using SeenWords = std::unordered_map<std::string_view, Span>;
constexpr std::size_t longest_seen_word = 64;

}  // namespace

struct Tokenizer::Impl {
    Impl(Vocabulary given, const TokenIds& ids)
        : vocabulary(std::move(given)),
          rule(pre_tokenizer_rule(vocabulary.pre_tokenizer)),
          pre_tokenizer(rule.name),
          added(added_tokens(vocabulary)),
          decoded(decoded_tokens(vocabulary)),
          of_byte(byte_tokens(ids)),
          merges(read_merges(vocabulary.merges, ids)),
          whole_words(rule.ignore_merges ? ids_of_words(vocabulary, decoded) : TokenIds{}) {}

    /// The token that is the word, or no_token.
    TokenId whole_word(std::string_view word) const;
    void encode_word(std::string_view word, std::vector<TokenId>& ids, std::vector<TokenId>& scratch) const;
    void encode_plain(std::string_view text, std::vector<TokenId>& ids, SeenWords& seen) const;

    Vocabulary vocabulary;
    PreTokenizerRule rule;
    PreTokenizer pre_tokenizer;
    SpecialTokens added;
    std::vector<std::string> decoded;
    std::array<TokenId, 256> of_byte;
    MergeTable merges;
    TokenIds whole_words;  ///< by their bytes, where the rule asks for them
};

TokenId Tokenizer::Impl::whole_word(std::string_view word) const {
    const auto found = whole_words.find(word);
    return found == whole_words.end() ? no_token : found->second;
}

void Tokenizer::Impl::encode_word(std::string_view word, std::vector<TokenId>& ids,
                                  std::vector<TokenId>& scratch) const {
    if (const auto id = whole_word(word); id != no_token) return ids.push_back(id);
    scratch.clear();
    bool after_unknown = false;
    for (const char byte : word) {
        const auto id = of_byte[static_cast<unsigned char>(byte)];
        // A byte that the vocabulary lacks is the unknown token, or nothing where there is none.
        if (id != no_token)
            scratch.push_back(id);
        else if (vocabulary.unknown && !(after_unknown && vocabulary.fuse_unknown))
            scratch.push_back(*vocabulary.unknown);
        after_unknown = id == no_token;
    }
    apply_merges(merges, scratch);
    ids.insert(ids.end(), scratch.begin(), scratch.end());
}

void Tokenizer::Impl::encode_plain(std::string_view text, std::vector<TokenId>& ids, SeenWords& seen) const {
    std::vector<TokenId> scratch;
    PreTokenizer::Cursor words(pre_tokenizer, text);
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

Tokenizer::Tokenizer(Vocabulary vocabulary) {
    check(vocabulary);
    const auto ids = ids_of(vocabulary.tokens);  // its keys stay valid: moving a vector moves no strings
    impl_ = std::make_unique<const Impl>(std::move(vocabulary), ids);
}

Tokenizer::~Tokenizer() = default;

std::vector<TokenId> Tokenizer::encode(std::string_view text) const {
    std::string repaired;
    if (valid_utf8_prefix(text) < text.size()) text = repaired = replace_invalid_utf8(text);
    std::vector<TokenId> ids;
    SeenWords seen;
    std::list<std::string> normalised;  // what `seen` points to
    const auto encode_plain = [&](std::string_view part) {
        if (impl_->rule.nfc && !is_ascii(part)) part = normalised.emplace_back(to_nfc(part));
        impl_->encode_plain(part, ids, seen);
    };
    std::size_t begin = 0;
    while (const auto special = impl_->added.find(text, begin)) {
        encode_plain(text.substr(begin, special->begin - begin));
        ids.push_back(special->id);
        begin = special->end;
    }
    encode_plain(text.substr(begin));
    return ids;
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const {
    std::string text;
    for (const auto id : ids) {
        if (id < 0 || id >= size()) fail("token {} is outside the vocabulary of {} tokens", id, size());
        text += impl_->decoded[static_cast<std::size_t>(id)];
    }
    return text;
}

std::int64_t Tokenizer::size() const {
    return static_cast<std::int64_t>(impl_->vocabulary.tokens.size());
}

const Vocabulary& Tokenizer::vocabulary() const {
    return impl_->vocabulary;
}

}  // namespace dotmoe
