// What every Gemma 3 has that no file says (transformers, models/gemma3; llama.cpp, src/llama-model.cpp).
#pragma once

#include "model/config.h"

namespace dotmoe {

inline constexpr double gemma3_window_rope_base = 10000;

/// GELU, norms of queries, keys and of what is added, embeddings times sqrt(D). The width must be known.
void set_gemma3(ModelConfig& config);

/// Every sixth layer sees all positions. -> [layers]
std::vector<bool> gemma3_sliding_layers(std::int64_t layers, std::int64_t pattern = 6);

}  // namespace dotmoe
