// Tensors that a stock architecture's checkpoint holds, for the reader of exports.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "export/stock_config.h"

namespace dotmoe {

/// Name patterns of one way of naming; those of a layer without its prefix, {} stands for the number of a
/// layer or an expert, what is empty is not there.
struct StockNames {
    std::string_view embedding, norm, head, layer;
    std::string_view rope_factors;
    std::string_view attention_norm, query, key, value, output, ffn_norm;
    std::string_view query_bias, key_bias, value_bias, output_bias, query_norm, key_norm;
    std::string_view router, selection_bias;
    std::string_view gate, up, down;                       ///< of the experts
    std::string_view shared_gate, shared_up, shared_down;  ///< of the shared one
    std::string_view shared_weight;                        ///< its gate [1, D]
    bool stacked;  ///< all experts in one tensor; where `up` is empty its rows follow the gate's
};

const StockNames& stock_names(StockNaming naming);

/// Name -> shape of every tensor in the checkpoint, as the modules of transformers or the loaders of
/// llama.cpp declare them.
std::map<std::string, std::vector<std::int64_t>> stock_shapes(const StockConfig& config);

}  // namespace dotmoe
