// Real text as token windows, train and held-out kept apart by document.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "text/tokenizer.h"

namespace dotmoe {

struct CorpusOptions {
    std::int64_t window = 512;  ///< tokens a window
    std::int64_t stride = 0;    ///< tokens from one window to the next of a source; 0: a window's, no overlap
    std::int64_t held_out_windows = 8;            ///< spread over the sources in turn
    std::int64_t max_bytes_per_source = 2 << 20;  ///< so that none dominates
    std::uint64_t seed = 0;                       ///< the order of the train windows
};

/// Windows [count, window] row-major; no window holds text of both a train and a held-out document.
struct Corpus {
    std::int64_t window = 0;
    std::vector<TokenId> train, held_out;
    std::vector<std::string> sources;                         ///< folder or file names
    std::vector<std::int64_t> train_source, held_out_source;  ///< of each window: index into `sources`
    std::int64_t train_count() const { return window ? static_cast<std::int64_t>(train.size()) / window : 0; }
    std::int64_t held_out_count() const {
        return window ? static_cast<std::int64_t>(held_out.size()) / window : 0;
    }
};

/// A path is a text file or a folder; files of one folder (searched recursively for .txt .md .rst .pod) are
/// the documents of one source, named by the folder directly below the given path. About one document in ten
/// of each source is held out, the same ones for every seed, so that what different seeds made can be
/// compared; a source of a single document gives its last tenth. Throws Error when there is no text, or too
/// little for one train window and the held-out windows (says how much there is and how much is needed).
Corpus load_corpus(const std::vector<std::filesystem::path>& paths, const Tokenizer& tokenizer,
                   const CorpusOptions& options);

}  // namespace dotmoe
