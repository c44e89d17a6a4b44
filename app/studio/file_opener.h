// Looks at a file or folder off the window's thread: a model to convert, a recording to replay, a conversion
// or what was found out about several.
#pragma once

#include <QObject>
#include <QString>
#include <memory>

#include "app/studio/latest_job.h"
#include "pipeline/inspect.h"
#include "recording/recording.h"
#include "widgets/pareto_plot.h"
#include "widgets/table.h"

namespace dotmoe::studio {

class FileOpener : public QObject {
    Q_OBJECT

  public:
    using QObject::QObject;

    /// A file, or a Hugging Face folder; its config.json stands for it, as file dialogs choose files. Answers
    /// with one of the signals, unless another file is asked for meanwhile.
    void open(const QString& path);

  signals:
    /// It can be converted.
    void modelOpened(const dotmoe::ModelSummary& model);
    void recordingOpened(const std::shared_ptr<dotmoe::Recording>& recording);
    /// With what was recorded of it, if anything was.
    void conversionOpened(const std::filesystem::path& folder,
                          const std::shared_ptr<dotmoe::Recording>& recording);
    void baselinesOpened(const dotmoe::Table& table);
    void sweepOpened(const dotmoe::Pareto& pareto);
    /// It is none of these, or damaged; the reason is one line.
    void refused(const QString& path, const QString& reason);

  private:
    LatestJob m_inspection;
};

}  // namespace dotmoe::studio
