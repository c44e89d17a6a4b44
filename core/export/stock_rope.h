// RoPE scaling as the stock runtimes compute it: for the reader that judges exports.
#pragma once

#include <cstdint>
#include <vector>

namespace dotmoe {

/// Settings of rope_type llama3 under transformers' names.
struct StockLlama3 {
    double factor = 0, low_freq_factor = 0, high_freq_factor = 0;
    double original_max_position_embeddings = 0;
};

/// Divisors of the frequencies base^(-2i/head_width), [head_width/2] (transformers, modeling_rope_utils.py,
/// _compute_llama3_parameters).
std::vector<double> stock_llama3_divisors(const StockLlama3& scaling, double base, std::int64_t head_width);

/// All the same.
std::vector<double> stock_linear_divisors(double factor, std::int64_t head_width);

}  // namespace dotmoe
