#include "evaluate/residual_stream.h"

namespace dotmoe {
namespace {

at::Tensor after_layer(const Transformer& transformer, const at::Tensor& before, std::int64_t layer,
                       const FeedForward& ffn) {
    return transformer.feed_forward(transformer.attend(before, layer), layer, ffn);
}

}  // namespace

std::vector<at::Tensor> residual_stream(const Transformer& transformer, const at::Tensor& tokens,
                                        const FeedForward& ffn) {
    std::vector<at::Tensor> stream{transformer.embed(tokens)};
    for (std::int64_t layer = 0; layer < transformer.config().layers; ++layer)
        stream.push_back(after_layer(transformer, stream.back(), layer, ffn));
    return stream;
}

std::vector<at::Tensor> with_one_layer_changed(const Transformer& transformer,
                                               const std::vector<at::Tensor>& stream, const FeedForward& ffn,
                                               const FeedForward& other,
                                               const std::function<void()>& on_layer) {
    const auto layers = transformer.config().layers;
    std::vector<at::Tensor> ends;
    for (std::int64_t changed = 0; changed < layers; ++changed) {
        if (on_layer) on_layer();
        // Up to there nothing differs.
        auto x = after_layer(transformer, stream[static_cast<std::size_t>(changed)], changed, other);
        for (auto layer = changed + 1; layer < layers; ++layer) x = after_layer(transformer, x, layer, ffn);
        ends.push_back(x);
    }
    return ends;
}

at::Tensor logits_of_stream(const Transformer& transformer, const at::Tensor& x) {
    return transformer.logits(transformer.normed(x, transformer.weights().norm));
}

at::Tensor divergence(const at::Tensor& p_logits, const at::Tensor& q_logits) {
    return at::kl_div(q_logits.log_softmax(-1), p_logits.log_softmax(-1), at::Reduction::None,
                      /*log_target=*/true)
        .sum(-1);
}

}  // namespace dotmoe
