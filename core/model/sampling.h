// The next token from its logits.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <random>

namespace dotmoe {

struct SamplingOptions {
    double temperature = 0;  ///< 0: greedy
    double top_p = 1.0;      ///< nucleus; 1 keeps all
    std::int64_t top_k = 0;  ///< 0 keeps all
    std::uint64_t seed = 0;
    std::int64_t max_new_tokens = 128;
};

/// Draws tokens reproducibly: the same options and logits give the same tokens on every platform. Greedy
/// takes the largest logit, the lowest id among equals. Otherwise, in this order: sort by logit (ties by id),
/// keep the first top_k, p = softmax(logits / temperature), keep the shortest prefix whose sum reaches top_p
/// (at least one token), and take the token at which the running sum passes u * (sum of the prefix), u one
/// 53-bit draw of std::mt19937_64 a token.
class Sampler {
  public:
    /// Throws UsageError on a negative temperature or top_k, or a top_p outside (0, 1].
    explicit Sampler(const SamplingOptions& options);

    /// logits [V] fp32, any device.
    std::int64_t next(const at::Tensor& logits);

  private:
    SamplingOptions options_;
    std::mt19937_64 random_;
};

}  // namespace dotmoe
