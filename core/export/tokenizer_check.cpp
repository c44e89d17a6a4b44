#include "export/tokenizer_check.h"

#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "text/pre_tokenizer_rules.h"

namespace dotmoe {
namespace {

void check_tokens(const Vocabulary& found, const Vocabulary& source, const std::string& where) {
    if (found.tokens.size() != source.tokens.size())
        fail("{}: does not hold the source's {} tokens", where, source.tokens.size());
    for (std::size_t id = 0; id < source.tokens.size(); ++id)
        if (found.tokens[id] != source.tokens[id] || is_added(found.kinds[id]) != is_added(source.kinds[id]))
            fail("{}: token {} '{}' of the source is another here", where, id, source.tokens[id]);
    if (found.unknown != source.unknown) fail("{}: its token for what is unknown is not the source's", where);
}

/// The tokens that merges make, each where it is made first: what scores hold of the merges.
std::vector<std::string> made(const std::vector<std::string>& merges) {
    std::vector<std::string> tokens;
    std::unordered_set<std::string> known;
    for (auto token : merges) {
        token.erase(std::ranges::find(token, ' '));
        if (known.insert(token).second) tokens.push_back(std::move(token));
    }
    return tokens;
}

/// Scores, and so a GGUF, order the tokens that merges make, whichever merge makes them; those that the
/// source makes of no merge come last.
void check_merges(const Vocabulary& found, const Vocabulary& source, bool scored, const std::string& where) {
    if (found.merges == source.merges) return;
    const auto expected = made(source.merges), there = made(found.merges);
    const bool begins_so = std::ranges::mismatch(expected, there).in1 == expected.end();
    if (!scored || !begins_so) fail("{}: its merges are not the source's", where);
}

bool splits_alike(const PreTokenizerRule& a, const PreTokenizerRule& b) {
    return a.pattern == b.pattern && a.digits_alone == b.digits_alone && a.nfc == b.nfc &&
           a.ignore_merges == b.ignore_merges;
}

void check_splitting(const Vocabulary& found, const Vocabulary& source, const std::string& where) {
    if (found.model != source.model) fail("{}: its tokenizer is of another kind than the source's", where);
    if (source.model == TokenizerModel::sentencepiece) {
        if (found.space_prefix != source.space_prefix)
            fail("{}: it puts the blank before a text elsewhere than the source", where);
    } else if (!splits_alike(pre_tokenizer_rule(found.pre_tokenizer),
                             pre_tokenizer_rule(source.pre_tokenizer))) {
        fail("{}: its pre-tokenizer is not the source's '{}'", where, source.pre_tokenizer);
    }
}

}  // namespace

void check_tokenizer(const std::filesystem::path& exported, const Vocabulary& vocabulary) {
    const bool folder = std::filesystem::is_directory(exported);
    const auto tokenizer = folder ? Tokenizer::from_huggingface(exported, std::ssize(vocabulary.tokens))
                                  : Tokenizer::from_gguf(gguf::File(exported));
    const auto& found = tokenizer->vocabulary();
    const auto where = (folder ? exported / "tokenizer.json" : exported).string();
    check_splitting(found, vocabulary, where);
    check_tokens(found, vocabulary, where);
    const bool scored = !folder && vocabulary.model == TokenizerModel::sentencepiece;
    check_merges(found, vocabulary, scored, where);
}

}  // namespace dotmoe
