// Looks at a model file off the window's thread.
#pragma once

#include <QObject>
#include <QString>

#include "app/studio/latest_job.h"
#include "pipeline/inspect.h"

namespace dotmoe::studio {

class ModelOpener : public QObject {
    Q_OBJECT

  public:
    using QObject::QObject;

    /// Answers with one of the signals, unless another file is asked for meanwhile.
    void open(const QString& path);

  signals:
    /// It can be converted.
    void opened(const dotmoe::ModelSummary& model);
    /// It can't; the reason is one line.
    void refused(const QString& path, const QString& reason);

  private:
    LatestJob m_inspection;
};

}  // namespace dotmoe::studio
