// The models of the conversion that is tried out, loaded when first needed, for all that try it.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "pipeline/converted_model.h"

namespace dotmoe::studio {

struct TriedModels {
    std::filesystem::path folder;
    ConvertedModel converted, dense;
};

/// Those opened last. Thread-safe; called by workers.
class OpenedModels {
  public:
    /// Loads them unless they are; throws as ConvertedModel::open does.
    std::shared_ptr<const TriedModels> of(const std::filesystem::path& folder);

  private:
    std::mutex m_loading;
    std::shared_ptr<const TriedModels> m_models;
};

}  // namespace dotmoe::studio
