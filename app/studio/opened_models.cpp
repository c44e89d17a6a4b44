#include "app/studio/opened_models.h"

namespace dotmoe::studio {

std::shared_ptr<const TriedModels> OpenedModels::of(const std::filesystem::path& folder) {
    const std::lock_guard lock(m_loading);
    if (!m_models || m_models->folder != folder) {
        m_models.reset();  // two of them would need twice the memory
        auto converted = ConvertedModel::open(folder, DeviceChoice::automatic);
        auto dense = converted.dense_model();
        m_models = std::make_shared<TriedModels>(TriedModels{folder, std::move(converted), std::move(dense)});
    }
    return m_models;
}

}  // namespace dotmoe::studio
