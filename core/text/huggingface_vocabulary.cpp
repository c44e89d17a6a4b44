// The tokenizer in a Hugging Face folder: tokenizer.json, and the names of the special tokens beside it.
#include <algorithm>
#include <limits>

#include "base/error.h"
#include "formats/byte_reader.h"
#include "formats/json_fields.h"
#include "text/pre_tokenizer_rules.h"
#include "text/sentencepiece_bpe.h"
#include "text/tokenizer.h"

namespace dotmoe {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/// The value below a key when it is of that kind, else null.
const Json& member(const Json& json, const char* key) {
    static const Json null;
    if (!json.is_object()) return null;
    const auto found = json.find(key);
    return found == json.end() ? null : *found;
}

bool is_type(const Json& part, const char* type) {
    return member(part, "type") == type;
}

class Reader {
  public:
    Reader(const fs::path& file, std::int64_t size)
        : file_(file.string()), json_(read_json_object(file)), size_(size) {}

    Vocabulary read() {
        const auto& model = member(json_, "model");
        // Older files leave the type out.
        if (!is_type(model, "BPE") &&
            !(member(model, "type").is_null() && member(model, "merges").is_array()))
            refuse(fmt::format("its model '{}' is not supported; only BPE is", text(model, "type")));
        for (const auto* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"})
            if (const auto& value = member(model, key); !value.is_null() && value != "")
                refuse(fmt::format("its '{}' is not supported", key));
        read_tokens(model);
        read_merges(model);
        read_added_tokens();
        if (member(model, "byte_fallback") == true)
            read_sentencepiece();
        else
            read_rule(model);
        read_bos();
        if (const auto& unknown = member(model, "unk_token"); unknown.is_string())
            vocabulary_.unknown = id_of(unknown.get<std::string>());
        vocabulary_.fuse_unknown = member(model, "fuse_unk") == true;
        return std::move(vocabulary_);
    }

  private:
    [[noreturn]] void refuse(const std::string& why) const { fail("{}: {}", file_, why); }
    [[noreturn]] void damaged(const std::string& what) const {
        fail("{}: {}: the file is damaged", file_, what);
    }
    static std::string text(const Json& part, const char* key) {
        const auto& value = member(part, key);
        return value.is_string() ? printable(value.get_ref<const std::string&>()) : "(none)";
    }

    TokenId checked_id(const Json& value, const std::string& token) const {
        if (!value.is_number_unsigned()) damaged(fmt::format("token '{}' has no id", printable(token)));
        if (value.get<std::uint64_t>() >= static_cast<std::uint64_t>(size_))
            refuse(fmt::format(
                "token '{}' has id {} and the embedding {} rows: the files do not belong together",
                printable(token), value.dump(), size_));
        return value.get<TokenId>();
    }

    void put(TokenId id, const std::string& token, TokenKind kind) {
        const auto index = static_cast<std::size_t>(id);
        if (index >= vocabulary_.tokens.size()) {
            vocabulary_.tokens.resize(index + 1);
            vocabulary_.kinds.resize(index + 1, TokenKind::unused);
        }
        if (vocabulary_.kinds[index] == TokenKind::normal && vocabulary_.tokens[index] != token)
            damaged(fmt::format("id {} is of two tokens", id));
        vocabulary_.tokens[index] = token;
        vocabulary_.kinds[index] = kind;
    }

    void read_tokens(const Json& model) {
        const auto& vocab = member(model, "vocab");
        if (!vocab.is_object() || vocab.empty()) damaged("it has no 'vocab'");
        for (const auto& [token, id] : vocab.items()) put(checked_id(id, token), token, TokenKind::normal);
    }

    void read_merges(const Json& model) {
        const auto& merges = member(model, "merges");
        if (!merges.is_array()) damaged("it has no 'merges'");
        for (const auto& merge : merges) {
            if (merge.is_string())  // "left right"
                vocabulary_.merges.push_back(merge.get<std::string>());
            else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
                vocabulary_.merges.push_back(
                    fmt::format("{} {}", merge[0].get<std::string>(), merge[1].get<std::string>()));
            else
                damaged(fmt::format("merge {} is not two tokens", vocabulary_.merges.size()));
        }
    }

    void read_added_tokens() {
        const auto& added = member(json_, "added_tokens");
        if (added.is_null()) return;
        if (!added.is_array()) damaged("'added_tokens' is no list");
        for (const auto& token : added) {
            const auto& content = member(token, "content");
            if (!content.is_string() || content == "") damaged("an added token has no content");
            const auto& name = content.get_ref<const std::string&>();
            for (const auto* key : {"single_word", "lstrip", "rstrip"})
                if (member(token, key) == true)
                    refuse(fmt::format("added token '{}' has '{}', which is not supported", printable(name),
                                       key));
            put(checked_id(member(token, "id"), name), name,
                member(token, "special") == true ? TokenKind::control : TokenKind::user_defined);
        }
    }

    /// ByteLevel alone, behind digits set apart, or behind a regular expression that isolates its matches.
    bool splits_as(const PreTokenizerRule& rule) const {
        const auto& whole = member(json_, "pre_tokenizer");
        const bool listed = is_type(whole, "Sequence") && member(whole, "pretokenizers").is_array();
        const auto parts = listed ? member(whole, "pretokenizers") : Json::array({whole});
        if (parts.empty() || !is_type(parts.back(), "ByteLevel") ||
            member(parts.back(), "add_prefix_space") == true)
            return false;
        const auto before = parts.size() - 1;
        const bool own_pattern = member(parts.back(), "use_regex") != false;
        if (own_pattern != (rule.pattern == pre_tokenizer_rule("gpt-2").pattern)) return false;
        if (own_pattern && !rule.digits_alone) return before == 0;
        if (before != 1) return false;
        const auto& first = parts.front();
        if (rule.digits_alone) return is_type(first, "Digits") && member(first, "individual_digits") == true;
        return is_type(first, "Split") && member(first, "behavior") == "Isolated" &&
               member(first, "invert") != true && member(member(first, "pattern"), "Regex") == rule.pattern;
    }

    void read_rule(const Json& model) {
        const auto rules = pre_tokenizer_rules();
        const auto rule = std::ranges::find_if(rules, [&](const auto& each) { return splits_as(each); });
        if (rule == rules.end())
            refuse("its pre_tokenizer is not known here; those of SmolLM, Llama 3, Qwen2 and GPT-2 are");
        const auto& normalizer = member(json_, "normalizer");
        if (!normalizer.is_null() && !is_type(normalizer, "NFC"))
            refuse(fmt::format("its normalizer '{}' is not supported", text(normalizer, "type")));
        if (rule->nfc == normalizer.is_null())
            refuse(fmt::format("its normalizer does not go with its pre_tokenizer, which is that of '{}'",
                               rule->name));
        if (rule->ignore_merges != (member(model, "ignore_merges") == true))
            refuse(fmt::format(
                "its 'ignore_merges' does not go with its pre_tokenizer, which is that of '{}'", rule->name));
        vocabulary_.pre_tokenizer = rule->name;
    }

    /// Blanks become U+2581 in a normalizer, perhaps behind one that puts one first (Llama 2), or in a
    /// pre-tokenizer that does so too (Mistral, newer files).
    std::optional<SpacePrefix> space_prefix() const {
        const auto& normalizer = member(json_, "normalizer");
        const auto& splitter = member(json_, "pre_tokenizer");
        const auto replaces = [](const Json& part) {
            return is_type(part, "Replace") && member(member(part, "pattern"), "String") == " " &&
                   member(part, "content") == "\u2581";
        };
        if (normalizer.is_null() && is_type(splitter, "Metaspace") && member(splitter, "split") == false &&
            member(splitter, "replacement") == "\u2581") {
            if (member(splitter, "prepend_scheme") == "first") return SpacePrefix::first;
            if (member(splitter, "prepend_scheme") == "never") return SpacePrefix::none;
            return std::nullopt;
        }
        // Gemma's pre-tokenizer splits at blanks, of which its normalizer leaves none.
        const bool idle = is_type(splitter, "Split") && member(member(splitter, "pattern"), "String") == " ";
        if (!splitter.is_null() && !(idle && replaces(normalizer))) return std::nullopt;
        if (replaces(normalizer)) return SpacePrefix::none;
        const auto& parts = member(normalizer, "normalizers");
        if (is_type(normalizer, "Sequence") && parts.is_array() && parts.size() == 2 &&
            is_type(parts[0], "Prepend") && member(parts[0], "prepend") == "\u2581" && replaces(parts[1]))
            return SpacePrefix::every;
        return std::nullopt;
    }

    void read_sentencepiece() {
        const auto prefix = space_prefix();
        if (!prefix)
            refuse(
                "its normalizer and pre_tokenizer are not known here; of SentencePiece those of Llama 2, "
                "Mistral and Gemma are");
        vocabulary_.model = TokenizerModel::sentencepiece;
        vocabulary_.space_prefix = *prefix;
        for (std::size_t id = 0; id < vocabulary_.tokens.size(); ++id)
            if (vocabulary_.kinds[id] == TokenKind::normal && spelt_byte(vocabulary_.tokens[id]))
                vocabulary_.kinds[id] = TokenKind::byte;
    }

    /// Whether the template for one text begins with a special token.
    void read_bos() {
        const auto& whole = member(json_, "post_processor");
        const bool listed = is_type(whole, "Sequence") && member(whole, "processors").is_array();
        for (const auto& part : listed ? member(whole, "processors") : Json::array({whole})) {
            const auto& single = member(part, "single");
            if (!is_type(part, "TemplateProcessing") || !single.is_array() || single.empty()) continue;
            const auto& name = member(member(single.front(), "SpecialToken"), "id");
            if (!name.is_string()) continue;
            vocabulary_.bos = id_of(name.get<std::string>());
            vocabulary_.add_bos = vocabulary_.bos.has_value();
        }
    }

    std::optional<TokenId> id_of(const std::string& token) const {
        const auto found = std::ranges::find(vocabulary_.tokens, token);
        if (found == vocabulary_.tokens.end()) return std::nullopt;
        return static_cast<TokenId>(found - vocabulary_.tokens.begin());
    }

    std::string file_;
    Json json_;
    std::int64_t size_;
    Vocabulary vocabulary_;
};

/// bos_token and its kin: a text, or an object with its content.
std::optional<TokenId> named_token(const Json& config, const char* key, const Vocabulary& vocabulary) {
    const auto& value = member(config, key);
    const auto& name = value.is_object() ? member(value, "content") : value;
    if (!name.is_string()) return std::nullopt;
    const auto found = std::ranges::find(vocabulary.tokens, name.get_ref<const std::string&>());
    if (found == vocabulary.tokens.end()) return std::nullopt;
    return static_cast<TokenId>(found - vocabulary.tokens.begin());
}

/// config.json's ids: one, or a list of which the first counts.
std::optional<TokenId> numbered_token(const Json& config, const char* key) {
    const auto& value = member(config, key);
    const auto& id = value.is_array() && !value.empty() ? value.front() : value;
    if (!id.is_number_unsigned() || id.get<std::uint64_t>() > std::numeric_limits<TokenId>::max())
        return std::nullopt;
    return id.get<TokenId>();
}

void read_special_tokens(const fs::path& folder, Vocabulary& vocabulary) {
    const auto settings = folder / "tokenizer_config.json";
    const auto names = fs::is_regular_file(settings) ? read_json_object(settings) : Json::object();
    const auto ids = read_json_object(folder / "config.json");
    const auto find = [&](const char* name, const char* id) {
        const auto named = named_token(names, name, vocabulary);
        return named ? named : numbered_token(ids, id);
    };
    if (!vocabulary.bos) vocabulary.bos = find("bos_token", "bos_token_id");
    vocabulary.eos = find("eos_token", "eos_token_id");
    vocabulary.pad = find("pad_token", "pad_token_id");
    if (const auto& chat = member(names, "chat_template"); chat.is_string())
        vocabulary.chat_template = chat.get<std::string>();
}

/// Rows of the embedding that no token belongs to get a name, as llama.cpp's converter gives them.
void fill_up(Vocabulary& vocabulary, std::size_t size) {
    vocabulary.tokens.resize(size);
    vocabulary.kinds.resize(size, TokenKind::unused);
    for (std::size_t id = 0; id < size; ++id)
        if (vocabulary.kinds[id] == TokenKind::unused) vocabulary.tokens[id] = fmt::format("[PAD{}]", id);
}

}  // namespace

std::shared_ptr<const Tokenizer> Tokenizer::from_huggingface(const fs::path& folder, std::int64_t size) {
    const auto file = folder / "tokenizer.json";
    if (!fs::is_regular_file(file))
        fail("{}: is missing: save the model's fast tokenizer (save_pretrained) into the folder",
             file.string());
    auto vocabulary = Reader(file, size).read();
    fill_up(vocabulary, static_cast<std::size_t>(size));
    read_special_tokens(folder, vocabulary);
    try {
        return std::make_shared<const Tokenizer>(std::move(vocabulary));
    } catch (const Error& error) {
        fail("{}: {}", file.string(), error.what());
    }
}

}  // namespace dotmoe
