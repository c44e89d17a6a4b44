// How a conversion is to be exported, and how far that is. It never blocks the window.
#pragma once

#include <QDialog>

#include "app/studio/exporter.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace dotmoe::studio {

class PathsEdit;

/// Closed while it exports, it goes on; opened again, it shows how far it is.
class ExportDialog : public QDialog {
    Q_OBJECT

  public:
    ExportDialog(Exporter& exporter, QWidget* parent);

    /// Its folder; the place to write to is then proposed beside it.
    void setConversion(const std::filesystem::path& folder);

  private:
    ExportFormat format() const;
    std::filesystem::path proposal() const;
    ExportRequest request() const;
    void fillNumbers();
    void propose();
    void recheck();
    void showBusy(bool busy);
    void showProgress(const Progress& progress);

    Exporter& m_exporter;
    std::filesystem::path m_conversion;
    QString m_proposed;
    QLabel* m_source;
    QComboBox *m_format, *m_numbers;
    PathsEdit* m_out;
    QLabel* m_problem;
    QProgressBar* m_progress;
    QPushButton *m_export, *m_stop;
    QWidget* m_form;
};

}  // namespace dotmoe::studio
