// A byte-level BPE vocabulary learnt from text (Sennrich et al., arXiv 1508.07909).
#pragma once

#include <cstdint>
#include <string_view>

#include "text/tokenizer.h"

namespace dotmoe {

/// The 256 bytes, then up to `merges` merged tokens, then <|endoftext|> (control; also BOS, EOS and padding).
/// Each merge joins the pair that is most frequent within words, words as the "smollm" rule splits them; of
/// equals the one with the lower ids. Stops early when no pair occurs twice. `text` must be well-formed
/// UTF-8.
Vocabulary train_byte_bpe(std::string_view text, std::int64_t merges);

}  // namespace dotmoe
