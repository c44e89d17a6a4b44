// An exported model read back from its files and run as its stock architecture would: the judge of exports.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "export/stock_config.h"
#include "export/stock_moe.h"
#include "export/stock_names.h"
#include "export/stock_weights.h"

namespace dotmoe {

/// How a forward pass departs from the files.
struct StockVariant {
    std::int64_t active = 0;  ///< experts a token
    double routed_scale = 1;  ///< factor on the mixed experts' output
    double router_scale = 1;  ///< factor on the router's logits
};

struct StockRun {
    at::Tensor logits;                ///< [T, V]
    std::vector<StockRoutes> routes;  ///< [L]
};

class StockModel {
  public:
    /// A Hugging Face folder or a GGUF file. Throws Error naming the first tensor that is missing, not
    /// expected, of a wrong shape or number format, or not finite.
    explicit StockModel(const std::filesystem::path& path);

    const StockConfig& config() const { return config_; }
    /// What the coarsest of its tensors is stored as.
    gguf::TensorType coarsest() const { return coarsest_; }

    /// As the files say.
    StockVariant as_exported() const { return {config_.active, 1.0, 1.0}; }
    /// k = E with silent routers, so that each expert weighs exactly 1/E in either order of work. The files
    /// hold k times the down projections, for weights of 1/k: E/k makes the sum of the experts whole again.
    StockVariant all_experts() const;

    /// Of a layer, [E, D].
    at::Tensor router(std::int64_t layer) const;

    /// Causal forward pass of one sequence, tokens [T] int64. Weights are read from the mapped file layer by
    /// layer.
    StockRun forward(const at::Tensor& tokens, const StockVariant& variant) const;

  private:
    void check_tensors();
    at::Tensor tensor(const std::string& layer, std::string_view name) const;
    /// Of RoPE's frequencies, by config and tensor; undefined without scaling.
    at::Tensor rope_divisors() const;
    at::Tensor attend(const at::Tensor& x, const std::string& layer) const;
    std::vector<StockFfn> experts(const std::string& layer) const;
    StockFfn shared(const std::string& layer) const;
    at::Tensor feed_forward(const at::Tensor& x, const std::string& layer, const StockVariant& variant,
                            StockRun& run) const;

    StockConfig config_;
    std::unique_ptr<StockWeights> weights_;
    gguf::TensorType coarsest_ = gguf::TensorType::F32;
};

/// Mean -log p of each next token, in nats; logits [T, V], tokens [T].
double next_token_loss(const at::Tensor& logits, const at::Tensor& tokens);

}  // namespace dotmoe
