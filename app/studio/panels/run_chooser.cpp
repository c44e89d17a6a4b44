#include "app/studio/panels/run_chooser.h"

#include <QFileDialog>

namespace dotmoe::studio {

RunChooser::RunChooser(QWidget* parent) : QComboBox(parent) {
    setSizeAdjustPolicy(AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(12);
    connect(this, &QComboBox::activated, this, [this](int index) {
        if (index < count() - 1) return void(emit chosen(itemData(index).toString()));
        setCurrentIndex(findData(m_shown));
        chooseFile();
    });
    fill();
}

void RunChooser::setShown(const QString& path) {
    m_shown = path;
    if (findData(path) < 0) {
        m_opened << path;
        fill();
    }
    setCurrentIndex(findData(path));
}

void RunChooser::refresh(const std::filesystem::path& own) {
    m_reading.ask([this, folders = m_known.folders(), own]() -> LatestJob::Delivery {
        QStringList found;
        std::error_code absent;
        for (const auto& path : recordings_in(folders))
            if (!std::filesystem::equivalent(path, own, absent))
                found << QString::fromStdString(path.string());
        return [this, found] {
            m_found = found;
            fill();
        };
    });
}

void RunChooser::fill() {
    clear();
    addItem(tr("This run"), QString());
    setItemData(0, tr("The one that the window shows"), Qt::ToolTipRole);
    auto paths = m_found + m_opened;
    if (!m_shown.isEmpty()) paths << m_shown;  // it may be found no more
    paths.removeDuplicates();
    for (const auto& path : paths) {
        addItem(recording_label(path.toStdString()), path);
        setItemData(count() - 1, path, Qt::ToolTipRole);
    }
    addItem(tr("Open a recording …"));
    setCurrentIndex(findData(m_shown));
}

void RunChooser::chooseFile() {
    auto* dialog =
        new QFileDialog(this, tr("Open a recording beside"), {}, tr("Recordings (*.moerec);;All files (*)"));
    dialog->setObjectName("openBesideDialog");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &RunChooser::chosen);
    dialog->open();  // not exec(): the run and its pictures go on behind it
}

}  // namespace dotmoe::studio
