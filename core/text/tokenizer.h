// Text to token ids and back: byte-level or SentencePiece's BPE, from a GGUF's own metadata or
// tokenizer.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/gguf.h"

namespace dotmoe {

using TokenId = std::int32_t;

/// Token types of GGUF's tokenizer.ggml.token_type.
enum class TokenKind : std::int64_t {
    normal = 1,
    unknown = 2,
    control = 3,
    user_defined = 4,
    unused = 5,
    byte = 6
};
/// Recognised in a text before it is split, where it stands for itself.
inline bool is_added(TokenKind kind) {
    return kind == TokenKind::control || kind == TokenKind::user_defined;
}

/// What the merges are of: bytes within the words of a pre-tokenizer, or characters of the whole text.
enum class TokenizerModel { byte_level, sentencepiece };

/// SentencePiece: a blank put before the text, before every piece between special tokens, or nowhere.
enum class SpacePrefix { none, first, every };

/// Everything needed to rebuild the tokenizer elsewhere (the Hugging Face export writes tokenizer.json from
/// it).
struct Vocabulary {
    TokenizerModel model = TokenizerModel::byte_level;
    std::vector<std::string>
        tokens;                    ///< in GPT-2's printable byte alphabet; SentencePiece: text, blanks U+2581
    std::vector<TokenKind> kinds;  ///< one a token
    std::vector<std::string> merges;  ///< "left right", by rank
    std::string
        pre_tokenizer;  ///< tokenizer.ggml.pre, e.g. "smollm" (text/pre_tokenizer_rules.h); byte-level only
    SpacePrefix space_prefix = SpacePrefix::none;
    std::optional<TokenId> bos, eos, pad, unknown;
    bool fuse_unknown = true;  ///< a run of bytes that the vocabulary lacks is one unknown token
    bool add_bos = false;
    std::string chat_template;  ///< empty when the file has none
};

/// Immutable; encode and decode may be called from several threads at once.
class Tokenizer {
  public:
    /// Throws Error when the metadata is missing, damaged, or of a kind not supported (says which).
    static std::shared_ptr<const Tokenizer> from_gguf(const gguf::File& file);
    /// From a folder's tokenizer.json and tokenizer_config.json; filled up to `size` tokens, as embeddings
    /// often have more rows than there are tokens. Throws Error likewise.
    static std::shared_ptr<const Tokenizer> from_huggingface(const std::filesystem::path& folder,
                                                             std::int64_t size);
    explicit Tokenizer(Vocabulary vocabulary);
    ~Tokenizer();

    /// The ids that transformers gives for the text; special tokens written in the text are recognised. Adds
    /// no BOS. Bytes that are no UTF-8 are replaced by U+FFFD first, as transformers does.
    std::vector<TokenId> encode(std::string_view text) const;
    /// Bytes of the tokens, joined. Control tokens stand as they are written. Throws Error on an id outside.
    std::string decode(std::span<const TokenId> ids) const;
    std::int64_t size() const;
    const Vocabulary& vocabulary() const;

  private:
    struct Impl;
    std::unique_ptr<const Impl> impl_;
};

}  // namespace dotmoe
