#include "evaluate/quality.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"

namespace dotmoe {
namespace {

constexpr std::int64_t kBatch = 4;    // windows whose hidden states exist at once
constexpr std::int64_t kChunk = 256;  // positions whose logits exist at once: 2 x 50 MB at V = 49,152

/// Sums over the positions of one window.
struct WindowSums {
    double cross_entropy = 0, kl = 0, agreements = 0;
};

/// One chunk of positions: dense and converted hidden states [P, D], and the next tokens of the first
/// `targets.size(0)` positions (the last position of a window has none).
void add_chunk(const Transformer& transformer, const at::Tensor& dense, const at::Tensor& converted,
               const at::Tensor& targets, WindowSums& sums) {
    const auto z_dense = transformer.logits(dense), z = transformer.logits(converted);  // [P, V]
    const auto lse_dense = z_dense.logsumexp(-1), lse = z.logsumexp(-1);                // [P]
    const auto p_dense = z_dense.softmax(-1);
    // KL(p || q) = sum_v p_v (z^p_v - z^q_v) - lse(z^p) + lse(z^q)
    const auto kl = (p_dense * (z_dense - z)).sum(-1) - lse_dense + lse;
    sums.kl += kl.sum(at::kDouble).item<double>();
    sums.agreements += (z_dense.argmax(-1) == z.argmax(-1)).sum().item<double>();
    const auto predicting = targets.size(0);
    const auto chosen = z.narrow(0, 0, predicting).gather(1, targets.unsqueeze(1)).squeeze(1);
    sums.cross_entropy += (lse.narrow(0, 0, predicting) - chosen).sum(at::kDouble).item<double>();
}

/// window [T], hidden states [T, D]; over the positions that predict the last `scored` tokens, and the last
/// one.
WindowSums sum_window(const Transformer& transformer, const at::Tensor& dense, const at::Tensor& converted,
                      const at::Tensor& window, std::int64_t scored) {
    WindowSums sums;
    const auto length = window.size(0);
    for (auto first = length - 1 - scored; first < length; first += kChunk) {
        const auto count = std::min(kChunk, length - first);
        const auto predicting = std::min(count, length - 1 - first);
        add_chunk(transformer, dense.narrow(0, first, count), converted.narrow(0, first, count),
                  window.narrow(0, first + 1, predicting), sums);
    }
    return sums;
}

Quality summarise(const std::vector<WindowSums>& windows, std::int64_t scored) {
    const auto count = static_cast<double>(windows.size());
    const auto tokens = static_cast<double>(scored), positions = tokens + 1;
    double mean = 0, square = 0, kl = 0, agreements = 0;
    for (const auto& window : windows) {
        mean += window.cross_entropy / tokens / count;
        kl += window.kl;
        agreements += window.agreements;
    }
    for (const auto& window : windows) square += std::pow(window.cross_entropy / tokens - mean, 2);
    const double stderr_mean = count > 1 ? std::sqrt(square / (count - 1) / count) : 0;
    const double perplexity = std::exp(mean);
    // Delta method: d exp(m) = exp(m) dm.
    return {perplexity, perplexity * stderr_mean, kl / (count * positions), agreements / (count * positions)};
}

void check_windows(const at::Tensor& windows) {
    if (windows.dim() != 2 || windows.size(0) < 1 || windows.size(1) < 2)
        fail("the held-out text has no window of two tokens or more: give more text or shorter windows");
}

at::Tensor batch_of(const Transformer& transformer, const at::Tensor& windows, std::int64_t first,
                    std::int64_t count) {
    return windows.narrow(0, first, count).to(transformer.weights().embedding.device(), at::kLong);
}

/// body(first, count) for each batch of windows in turn.
template <typename Body>
void for_each_batch(const at::Tensor& windows, const WindowCallback& on_windows, const Body& body) {
    for (std::int64_t first = 0; first < windows.size(0); first += kBatch) {
        const auto count = std::min(kBatch, windows.size(0) - first);
        body(first, count);
        if (on_windows) on_windows(first + count);
    }
}

}  // namespace

at::Tensor dense_hidden_states(const Transformer& transformer, const at::Tensor& windows,
                               const WindowCallback& on_windows) {
    check_windows(windows);
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> states;
    for_each_batch(windows, on_windows, [&](std::int64_t first, std::int64_t count) {
        states.push_back(
            transformer.hidden(batch_of(transformer, windows, first, count), transformer.dense()));
    });
    return at::cat(states);
}

Quality evaluate_quality(const Transformer& transformer, const FeedForward& ffn, const at::Tensor& windows,
                         const at::Tensor& dense_hidden, const WindowCallback& on_windows,
                         std::optional<std::int64_t> stride) {
    check_windows(windows);
    const at::NoGradGuard no_grad;
    const auto predicted = windows.size(1) - 1;  // the first token has no predecessor
    const auto scored = std::min(stride.value_or(predicted), predicted);
    std::vector<WindowSums> sums;
    for_each_batch(windows, on_windows, [&](std::int64_t first, std::int64_t count) {
        const auto batch = batch_of(transformer, windows, first, count);
        const auto dense = dense_hidden.defined() ? dense_hidden.narrow(0, first, count)
                                                  : transformer.hidden(batch, transformer.dense());
        const auto converted = transformer.hidden(batch, ffn);
        for (std::int64_t i = 0; i < count; ++i)
            sums.push_back(sum_window(transformer, dense[i], converted[i], batch[i], scored));
    });
    return summarise(sums, scored);
}

}  // namespace dotmoe
