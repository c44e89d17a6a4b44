// Held-out quality of a converted model against the dense one: perplexity, KL, top-1 agreement.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <optional>

#include "evaluate/figures.h"
#include "model/transformer.h"

namespace dotmoe {

/// Called after each batch of windows, on the calling thread, with the windows done so far.
using WindowCallback = std::function<void(std::int64_t)>;

/// Final hidden states of the dense model, [W, window, D]: computed once, compared with often. windows [W,
/// window] int64.
at::Tensor dense_hidden_states(const Transformer& transformer, const at::Tensor& windows,
                               const WindowCallback& on_windows = {});

/// `dense_hidden` as dense_hidden_states gives it for the same windows, or undefined: then it is computed
/// batch by batch, for texts whose states would not fit in memory. Logits only ever exist for a chunk of
/// positions. The dense model's own figures: ffn = transformer.dense() (then kl = 0, top1 = 1). Throws Error
/// when there is no window of two tokens or more.
/// `stride`, 1 to the window, scores only so many tokens at the end of each window (at most those that have a
/// predecessor; none: all), so that windows that overlap by the rest score each token once, with a long
/// context: https://huggingface.co/docs/transformers/perplexity, whose first window scores its beginning too.
/// KL and top-1 are of the positions that predict those tokens, and of the window's last.
Quality evaluate_quality(const Transformer& transformer, const FeedForward& ffn, const at::Tensor& windows,
                         const at::Tensor& dense_hidden = {}, const WindowCallback& on_windows = {},
                         std::optional<std::int64_t> stride = {});

}  // namespace dotmoe
