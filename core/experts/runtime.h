// A model made ready to run on the CPU: dense or converted, for one text or several at once.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "experts/expert_set.h"
#include "experts/moe_ffn.h"
#include "model/generate.h"
#include "model/packed_transformer.h"

namespace dotmoe {

class Runtime {
  public:
    /// Packs every weight once; `experts` null: the dense model. Nothing given is needed afterwards.
    Runtime(const ModelConfig& config, const Weights& weights, const ExpertSet* experts, WeightFormat format);
    /// The same with another FFN: the rest is shared.
    Runtime(const Runtime& other, const Weights& weights, const ExpertSet* experts, WeightFormat format);

    /// As PackedTransformer's. `forcings` change the routers' choices (experts/forced_weights.h) for tokens
    /// of the text that the cache holds and goes on with.
    at::Tensor hidden(const at::Tensor& tokens, KvCache& cache,
                      const std::vector<Forcing>& forcings = {}) const;
    at::Tensor hidden(const std::vector<TextPart>& parts) const;
    at::Tensor logits(const at::Tensor& hidden) const { return transformer_->logits(hidden); }

    /// For generate(): a text of its own, which begins empty. The runtime must outlive it.
    NextLogits start_text(std::vector<Forcing> forcings = {}) const;
    /// For generate_texts(): so many texts that begin empty.
    NextLogitsOfTexts start_texts(std::size_t count) const;

    /// Bytes of weights that one token reads.
    std::int64_t bytes_per_token() const;

  private:
    std::shared_ptr<const PackedTransformer> transformer_;
    std::vector<MoeFeedForward> layers_;
};

}  // namespace dotmoe
