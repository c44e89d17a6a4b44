#include "text/tokenizer.h"

#include <limits>
#include <unordered_map>
#include <utility>
#include <variant>

#include "base/error.h"
#include "text/bpe_merge.h"
#include "text/byte_alphabet.h"
#include "text/byte_level_bpe.h"
#include "text/sentencepiece_bpe.h"
#include "text/special_tokens.h"
#include "text/utf8.h"

namespace dotmoe {
namespace {

using TokenIds = std::unordered_map<std::string_view, TokenId>;

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
        if (is_added(vocabulary.kinds[i]))
            decoded.push_back(token);
        else if (vocabulary.model == TokenizerModel::sentencepiece)
            decoded.push_back(sentencepiece_text(token, vocabulary.kinds[i]));
        else
            decoded.push_back(printable_to_bytes(token).value_or(token));
    }
    return decoded;
}

using Encoder = std::variant<ByteLevelBpe, SentencePieceBpe>;

Encoder encoder_of(const Vocabulary& vocabulary) {
    MergeTable merges(read_merges(vocabulary.merges, ids_of(vocabulary.tokens)));
    if (vocabulary.model == TokenizerModel::sentencepiece)
        return Encoder(std::in_place_type<SentencePieceBpe>, vocabulary, std::move(merges));
    return Encoder(std::in_place_type<ByteLevelBpe>, vocabulary, std::move(merges));
}

}  // namespace

struct Tokenizer::Impl {
    explicit Impl(Vocabulary given)
        : vocabulary(std::move(given)),
          added(added_tokens(vocabulary)),
          decoded(decoded_tokens(vocabulary)),
          encoder(encoder_of(vocabulary)) {}

    Vocabulary vocabulary;
    SpecialTokens added;
    std::vector<std::string> decoded;
    Encoder encoder;
};

Tokenizer::Tokenizer(Vocabulary vocabulary) {
    check(vocabulary);
    impl_ = std::make_unique<const Impl>(std::move(vocabulary));
}

Tokenizer::~Tokenizer() = default;

std::vector<TokenId> Tokenizer::encode(std::string_view text) const {
    std::string repaired;
    if (valid_utf8_prefix(text) < text.size()) text = repaired = replace_invalid_utf8(text);
    std::vector<TokenId> ids;
    std::size_t begin = 0;
    const auto encode_until = [&](std::size_t end) {
        const auto piece = text.substr(begin, end - begin);
        if (const auto* bytes = std::get_if<ByteLevelBpe>(&impl_->encoder))
            bytes->encode(piece, ids);
        else
            std::get<SentencePieceBpe>(impl_->encoder).encode(piece, begin == 0, ids);
    };
    while (const auto special = impl_->added.find(text, begin)) {
        encode_until(special->begin);
        ids.push_back(special->id);
        begin = special->end;
    }
    encode_until(text.size());
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
