// Shape of a dense Llama-architecture model. No torch in this header.
#pragma once

#include <cstdint>
#include <string>

namespace dotmoe {

struct ModelConfig {
    std::string architecture;  ///< "llama"
    std::int64_t layers = 0;   ///< L
    std::int64_t width = 0;    ///< D
    std::int64_t neurons = 0;  ///< N, d_ff
    std::int64_t heads = 0, kv_heads = 0, head_width = 0;
    std::int64_t vocabulary = 0;  ///< V
    std::int64_t context = 0;     ///< longest sequence the model was trained for
    double rope_base = 10000, norm_epsilon = 1e-5;
    bool tied_embeddings = false;  ///< output projection is the embedding
};

}  // namespace dotmoe
