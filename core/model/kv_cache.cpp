#include "model/kv_cache.h"

#include <ATen/core/grad_mode.h>

#include <bit>

namespace dotmoe {
namespace {

// Capacities are powers of two, so that n tokens copy O(n) rows in all.
at::Tensor grown(const at::Tensor& old, std::int64_t length, const at::Tensor& like, std::int64_t capacity) {
    auto larger = at::empty({like.size(0), like.size(1), capacity, like.size(3)}, like.options());
    if (length > 0) larger.narrow(2, 0, length).copy_(old.narrow(2, 0, length));
    return larger;
}

}  // namespace

std::int64_t KvCache::length(std::int64_t layer) const {
    const auto index = static_cast<std::size_t>(layer);
    return index < layers_.size() ? layers_[index].length : 0;
}

std::pair<at::Tensor, at::Tensor> KvCache::append(std::int64_t layer, const at::Tensor& k,
                                                  const at::Tensor& v) {
    const at::NoGradGuard no_grad;
    const auto [new_keys, new_values] = grow(layer, k, k.size(2));
    new_keys.copy_(k);
    new_values.copy_(v);
    return rows(layer);
}

std::pair<at::Tensor, at::Tensor> KvCache::grow(std::int64_t layer, const at::Tensor& k,
                                                std::int64_t tokens) {
    const auto index = static_cast<std::size_t>(layer);
    if (index >= layers_.size()) layers_.resize(index + 1);
    auto& held = layers_[index];
    const auto before = held.length, length = before + tokens;
    if (!held.keys.defined() || held.keys.size(2) < length) {
        const auto capacity = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(length)));
        held.keys = grown(held.keys, before, k, capacity);
        held.values = grown(held.values, before, k, capacity);
    }
    held.length = length;
    return {held.keys.narrow(2, before, tokens), held.values.narrow(2, before, tokens)};
}

std::pair<at::Tensor, at::Tensor> KvCache::rows(std::int64_t layer) const {
    const auto& held = layers_.at(static_cast<std::size_t>(layer));
    return {held.keys.narrow(2, 0, held.length), held.values.narrow(2, 0, held.length)};
}

KvCache KvCache::repeated(std::int64_t count) const {
    // Views without room: the first append of each copy takes rows of its own.
    const auto views = [count](const at::Tensor& rows, std::int64_t length) {
        return rows.narrow(2, 0, length).expand({count, -1, -1, -1});
    };
    KvCache copies;
    for (const auto& layer : layers_)
        copies.layers_.push_back(
            {views(layer.keys, layer.length), views(layer.values, layer.length), layer.length});
    return copies;
}

}  // namespace dotmoe
