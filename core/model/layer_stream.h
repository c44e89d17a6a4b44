// The layers of a model that is not held in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "model/weights.h"

namespace dotmoe {

/// Each layer is made when it is asked for, and only the last one is kept. For one thread at a time.
class LayerStream {
  public:
    using Read = std::function<LayerWeights(std::int64_t layer)>;
    explicit LayerStream(Read read) : read_(std::move(read)) {}

    /// Valid until another one is asked for.
    const LayerWeights& operator[](std::int64_t layer) {
        if (!kept_ || layer_ != layer) {
            kept_.reset();  // before the next one: there is room for one
            kept_ = read_(layer);
            layer_ = layer;
        }
        return *kept_;
    }

  private:
    Read read_;
    std::int64_t layer_ = -1;
    std::optional<LayerWeights> kept_;
};

}  // namespace dotmoe
