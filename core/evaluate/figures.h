// Figures of a model on held-out text, on questions and on the clock. No torch in this header.
#pragma once

#include <cstdint>

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

/// Tokens a second of the CPU runtime (experts/runtime_speed.h).
struct Speed {
    double prompt = 0, generation = 0;  ///< of all texts together
};

/// How far the experts of a layer belong to domains of text (evaluate/specialisation.h).
struct Specialisation {
    double bits = 0;       ///< I(domain; expert) less what chance gives; near 0, or just below, without any
    double by_chance = 0;  ///< bits that the same windows give when dealt to the domains at random
    double share = 0;      ///< bits of the domain's entropy
    std::int64_t expert = 0;  ///< the one that tells most: of the largest term p(e) KL(p(d|e) || p(d))
    std::int64_t domain = 0;  ///< of which it has most in excess of the domain's part of the text
    double expert_share = 0;  ///< p(domain|expert): so many of its tokens are of that domain
};

}  // namespace dotmoe
