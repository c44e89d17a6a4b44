#include "app/studio/file_opener.h"

#include <QDir>

#include "app/studio/baselines.h"
#include "app/studio/result_file.h"
#include "app/studio/sweep_file.h"
#include "base/error.h"
#include "recording/recorder.h"

namespace dotmoe::studio {

void FileOpener::open(const QString& path) {
    m_inspection.ask([this, path]() -> LatestJob::Delivery {
        const auto refusal = [this, path](const std::string& reason) {
            return [this, path, reason = QString::fromStdString(reason)] { emit refused(path, reason); };
        };
        try {
            std::filesystem::path file(QDir::toNativeSeparators(path).toStdString());
            if (file.filename() == "config.json") file = file.parent_path();
            if (Recording::recognises(file)) {
                auto recording = std::make_shared<Recording>(file);
                return [this, recording = std::move(recording)] { emit recordingOpened(recording); };
            }
            if (const auto baselines = results_in(file, "compare.json"))
                return [this, table = read_baselines(*baselines)] { emit baselinesOpened(table); };
            if (const auto sweep = results_in(file, "sweep.json"))
                return [this, pareto = read_sweep(*sweep)] { emit sweepOpened(pareto); };
            if (std::filesystem::exists(file / "experts.safetensors")) {
                std::shared_ptr<Recording> recording;
                LatestJob::Delivery complain = [] {};
                try {
                    if (const auto recorded = file / recording_name; std::filesystem::exists(recorded))
                        recording = std::make_shared<Recording>(recorded);
                } catch (const Error& error) {  // the conversion is whole without it
                    complain = refusal(error.what());
                }
                return [this, file, recording, complain] {
                    emit conversionOpened(file, recording);
                    complain();
                };
            }
            auto model = inspect(file);
            if (!model.refusal.empty()) return refusal(model.refusal);
            return [this, model = std::move(model)] { emit modelOpened(model); };
        } catch (const std::exception& error) {
            return refusal(error.what());
        }
    });
}

}  // namespace dotmoe::studio
