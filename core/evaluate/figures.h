// Figures of a model on held-out text. No torch in this header.
#pragma once

namespace dotmoe {

struct Quality {
    double perplexity = 0;  ///< exp of the mean next-token cross-entropy
    double perplexity_stderr =
        0;            ///< of the perplexity, from the spread of the windows' means (delta method)
    double kl = 0;    ///< mean KL(dense || this model) over all positions, nats
    double top1 = 0;  ///< share of positions with the dense model's argmax
};

}  // namespace dotmoe
