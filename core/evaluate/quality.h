// Held-out quality of a converted model against the dense one: perplexity, KL, top-1 agreement.
#pragma once

#include <ATen/ATen.h>

#include <functional>

#include "model/transformer.h"

namespace dotmoe {

struct Quality {
    double perplexity = 0;         ///< exp of the mean next-token cross-entropy
    double perplexity_stderr = 0;  ///< of the perplexity, from the spread of the windows' means (delta method)
    double kl = 0;                 ///< mean KL(dense || converted) over all positions, nats
    double top1 = 0;               ///< share of positions with the same argmax
};

/// windows [W, window] int64. Logits only ever exist for a chunk of positions. on_window(done) is called after each batch,
/// on the calling thread.
Quality evaluate_quality(const Transformer& transformer, const FeedForward& ffn, const at::Tensor& windows,
                         const std::function<void(std::int64_t)>& on_window = {});

}  // namespace dotmoe
