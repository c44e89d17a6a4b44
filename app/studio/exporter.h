// A conversion written as a stock checkpoint, off the window's thread.
#pragma once

#include <QObject>

#include "app/studio/stoppable_job.h"
#include "export/export.h"

namespace dotmoe::studio {

struct Exported {
    std::filesystem::path out;
    ExportResult result;
    bool passed = false;  ///< its receipt
    QString verdict;      ///< the receipt's line
};

class Exporter : public QObject {
    Q_OBJECT

  public:
    explicit Exporter(QObject* parent = nullptr);

    bool isBusy() const { return m_job.isBusy(); }
    /// Always with the check that makes the receipt.
    void start(const ExportRequest& request);
    /// Nothing is left behind.
    void stop() { m_job.stop(); }

  signals:
    void busyChanged(bool busy);
    void progressed(const dotmoe::Progress& progress);
    void finished(const dotmoe::studio::Exported& exported);
    void failed(const QString& reason);

  private:
    StoppableJob m_job;
};

}  // namespace dotmoe::studio
