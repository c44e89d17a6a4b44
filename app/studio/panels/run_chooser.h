// Which recording stands beside: that of the window, one of the runs known here, or any file.
#pragma once

#include <QComboBox>
#include <QWheelEvent>
#include <filesystem>

#include "app/studio/known_runs.h"
#include "app/studio/latest_job.h"

namespace dotmoe::studio {

/// Shows what it is told to show: a choice is only a wish until then.
class RunChooser : public QComboBox {
    Q_OBJECT

  public:
    explicit RunChooser(QWidget* parent = nullptr);

    /// Empty: this run. A file that is not in the list is added to it.
    void setShown(const QString& path);
    /// Looks for recordings in the folders of the known runs, off the window's thread. `own`, which may be
    /// empty, is that of this run.
    void refresh(const std::filesystem::path& own);

  signals:
    /// Empty: this run.
    void chosen(const QString& path);

  protected:
    /// Left to what is around the list: a turn over it would open files, or the dialog for one.
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }

  private:
    void fill();
    void chooseFile();

    KnownRuns m_known;
    QStringList m_found, m_opened;
    QString m_shown;
    LatestJob m_reading;
};

}  // namespace dotmoe::studio
