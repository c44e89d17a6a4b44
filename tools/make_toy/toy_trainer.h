// Trains a very small Llama from nothing, through the product's own forward pass.
#pragma once

#include <cstdint>
#include <functional>

#include "model/config.h"
#include "model/weights.h"

namespace dotmoe {

struct TrainingOptions {
    std::int64_t steps = 600;
    std::int64_t batch = 4;    ///< windows a step
    std::int64_t warmup = 40;  ///< steps of rising learning rate; a cosine to zero follows
    double learning_rate = 5e-3;
    double weight_decay = 0.01;
    std::uint64_t seed = 0;  ///< of the first weights
};

/// Next-token cross-entropy by AdamW, fp32 on the CPU. windows [W, T] int64, taken in order, again and again.
/// on_step is called after each step, on the calling thread, with the step (from 1) and its loss in nats.
Weights train_model(const ModelConfig& config, const at::Tensor& windows, const TrainingOptions& options,
                    const std::function<void(std::int64_t step, double loss)>& on_step);

}  // namespace dotmoe
