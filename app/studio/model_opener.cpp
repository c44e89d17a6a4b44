#include "app/studio/model_opener.h"

#include <QDir>

namespace dotmoe::studio {

void ModelOpener::open(const QString& path) {
    m_inspection.ask([this, path]() -> LatestJob::Delivery {
        const auto refusal = [this, path](const std::string& reason) {
            return [this, path, reason = QString::fromStdString(reason)] { emit refused(path, reason); };
        };
        try {
            auto model = inspect(QDir::toNativeSeparators(path).toStdString());
            if (!model.refusal.empty()) return refusal(model.refusal);
            return [this, model = std::move(model)] { emit opened(model); };
        } catch (const std::exception& error) {
            return refusal(error.what());
        }
    });
}

}  // namespace dotmoe::studio
