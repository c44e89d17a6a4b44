#include "text/corpus.h"

#include <algorithm>
#include <list>
#include <random>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "text/shuffle.h"
#include "text/sources.h"

namespace dotmoe {
namespace {

constexpr std::size_t held_out_share = 10;  // one document in ten

/// Text of one source, kept apart from here on.
struct Sides {
    std::string train, held_out;
};

/// A place to cut the text at or before `most` bytes: after a line, else after a word, else between
/// characters.
std::size_t cut_before(std::string_view text, std::size_t most) {
    if (most >= text.size()) return text.size();
    const auto head = text.substr(0, most);
    for (const auto* ends : {"\n", " \t\r"})
        if (const auto last = head.find_last_of(ends); last != std::string_view::npos && last >= most / 2)
            return last + 1;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
    return most;
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

/// Documents in the order drawn, until the source's bytes are used up; blank ones do not count.
std::vector<std::string> read_documents(const Source& source, std::int64_t max_bytes,
                                        std::mt19937_64& random) {
    auto paths = source.documents;
    shuffle(paths, random);
    std::vector<std::string> documents;
    auto left = static_cast<std::size_t>(max_bytes);
    for (const auto& path : paths) {
        if (left == 0) break;
        const MappedFile file(path);
        const std::string_view whole(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
        const auto kept = whole.substr(0, cut_before(whole, left));
        if (is_blank(kept)) continue;
        documents.emplace_back(kept);
        left -= std::min(left, kept.size());
    }
    return documents;
}

std::string join(std::span<const std::string> documents) {
    std::string text;
    for (const auto& document : documents) text += (text.empty() ? "" : "\n\n") + document;
    return text;
}

Sides split(std::vector<std::string> documents) {
    if (documents.size() == 1) {
        auto& text = documents[0];
        const auto cut = cut_before(text, text.size() - text.size() / held_out_share);
        return {text.substr(0, cut), text.substr(cut)};
    }
    const auto held_out = (documents.size() + held_out_share - 1) / held_out_share;
    const std::span all(documents);
    return {join(all.subspan(held_out)), join(all.first(held_out))};
}

struct Window {
    std::span<const TokenId> tokens;
    std::int64_t source;  // index
};
using Windows = std::vector<Window>;

/// The whole windows of one side of a source, each `stride` tokens after the one before.
Windows windows_of(const std::vector<TokenId>& tokens, const CorpusOptions& options, std::int64_t source) {
    const auto width = static_cast<std::size_t>(options.window);
    const auto stride = static_cast<std::size_t>(options.stride > 0 ? options.stride : options.window);
    Windows windows;
    for (std::size_t begin = 0; begin + width <= tokens.size(); begin += stride)
        windows.push_back({std::span(tokens).subspan(begin, width), source});
    return windows;
}

/// The first windows of every source, then the second of every source, and so on, until there are `count`.
Windows in_turn(const std::vector<Windows>& sources, std::int64_t count) {
    std::size_t longest = 0;
    for (const auto& source : sources) longest = std::max(longest, source.size());
    Windows windows;
    for (std::size_t i = 0; i < longest; ++i)
        for (const auto& source : sources)
            if (i < source.size() && std::ssize(windows) < count) windows.push_back(source[i]);
    return windows;
}

void keep(const Windows& windows, std::vector<TokenId>& tokens, std::vector<std::int64_t>& sources) {
    for (const auto& window : windows) {
        tokens.insert(tokens.end(), window.tokens.begin(), window.tokens.end());
        sources.push_back(window.source);
    }
}

void check(const CorpusOptions& options) {
    if (options.window < 2)
        fail_usage("windows of {} tokens cannot be predicted in: take 2 or more", options.window);
    if (options.stride < 0 || options.stride > options.window)
        fail_usage("a stride of {} tokens leaves text out: take 1 to {}, the window, or 0 for no overlap",
                   options.stride, options.window);
    if (options.held_out_windows < 1)
        fail_usage("at least one held-out window is needed, not {}", options.held_out_windows);
    if (options.max_bytes_per_source < 1)
        fail_usage("{} bytes a source leave no text", options.max_bytes_per_source);
}

std::string listed(const std::vector<std::filesystem::path>& paths) {
    std::string names;
    for (const auto& path : paths) names += (names.empty() ? "" : ", ") + path.string();
    return names;
}

std::mt19937_64 engine(std::uint64_t seed) {
    std::seed_seq words{seed, seed >> 32};
    return std::mt19937_64(words);
}

}  // namespace

Corpus load_corpus(const std::vector<std::filesystem::path>& paths, const Tokenizer& tokenizer,
                   const CorpusOptions& options) {
    check(options);
    if (paths.empty()) fail_usage("no text is given: name a text file or a folder of them");
    Corpus corpus;
    corpus.window = options.window;
    std::list<std::vector<TokenId>> tokens;  // which the windows are views of
    Windows train;
    std::vector<Windows> held_out;       // a list a source
    std::mt19937_64 random = engine(0);  // the documents are the same ones for every seed
    for (const auto& source : find_sources(paths)) {
        auto documents = read_documents(source, options.max_bytes_per_source, random);
        if (documents.empty()) continue;
        const auto sides = split(std::move(documents));
        const auto windows = [&](const std::string& text) {
            return windows_of(tokens.emplace_back(tokenizer.encode(text)), options,
                              std::ssize(corpus.sources));
        };
        std::ranges::copy(windows(sides.train), std::back_inserter(train));
        held_out.push_back(windows(sides.held_out));
        corpus.sources.push_back(source.name);
    }
    if (corpus.sources.empty()) fail("{}: the text is empty", listed(paths));

    if (options.seed != 0) random = engine(options.seed);  // 0 goes on with the documents' numbers
    shuffle(train, random);
    const auto held_out_windows = in_turn(held_out, options.held_out_windows);
    const auto found = static_cast<std::int64_t>(held_out_windows.size());
    if (train.empty() || found < options.held_out_windows)
        fail(
            "{}: too little text: it gives {} train and {} held-out windows of {} tokens, but 1 and {} are "
            "needed (one "
            "document in ten, or the last tenth of a single one, is held out); add text or take fewer or "
            "shorter windows",
            listed(paths), train.size(), found, options.window, options.held_out_windows);
    keep(train, corpus.train, corpus.train_source);
    keep(held_out_windows, corpus.held_out, corpus.held_out_source);
    return corpus;
}

}  // namespace dotmoe
