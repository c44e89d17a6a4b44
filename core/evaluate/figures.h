// Figures of a model on held-out text and on questions. No torch in this header.
#pragma once

namespace dotmoe {

struct Quality {
    double perplexity = 0;  ///< exp of the mean next-token cross-entropy
    double perplexity_stderr =
        0;            ///< of the perplexity, from the spread of the windows' means (delta method)
    double kl = 0;    ///< mean KL(dense || this model) over all positions, nats
    double top1 = 0;  ///< share of positions with the dense model's argmax
};

/// Answers to multiple-choice questions (evaluate/multiple_choice.h).
struct Answers {
    double accuracy = 0;         ///< acc: share of questions whose likeliest choice is the right one
    double accuracy_stderr = 0;  ///< of that share over questions
    double normalised = 0;       ///< acc_norm: likeliest by log-likelihood a byte of the choice
    double normalised_stderr = 0;
};

}  // namespace dotmoe
