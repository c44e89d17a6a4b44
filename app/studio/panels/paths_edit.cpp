#include "app/studio/panels/paths_edit.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

namespace dotmoe::studio {

PathsEdit::PathsEdit(Choose choose, const QString& accessibleName, QWidget* parent)
    : QWidget(parent), m_edit(new QLineEdit) {
    m_edit->setAccessibleName(accessibleName);
    auto* button = new QToolButton;
    button->setText(QStringLiteral("…"));
    button->setAccessibleName(tr("Choose: %1").arg(accessibleName));
    button->setFocusPolicy(Qt::StrongFocus);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_edit, 1);
    row->addWidget(button);
    setFocusProxy(m_edit);
    connect(m_edit, &QLineEdit::textChanged, this, &PathsEdit::changed);
    if (choose == Choose::folder) {
        connect(button, &QToolButton::clicked, this, [this] { chooseFolder(false); });
        return;
    }
    auto* menu = new QMenu(button);
    menu->addAction(tr("Add text files …"), this, &PathsEdit::addTexts);
    menu->addAction(tr("Add a folder of texts …"), this, [this] { chooseFolder(true); });
    button->setMenu(menu);
    button->setPopupMode(QToolButton::InstantPopup);
}

QStringList PathsEdit::paths() const {
    QStringList paths;
    for (const auto& part : m_edit->text().split(QDir::listSeparator(), Qt::SkipEmptyParts))
        if (const auto path = part.trimmed(); !path.isEmpty()) paths << path;
    return paths;
}

void PathsEdit::setPaths(const QStringList& paths) {
    m_edit->setText(paths.join(QDir::listSeparator()));
}

void PathsEdit::addTexts() {
    const auto chosen = QFileDialog::getOpenFileNames(this, tr("Text to learn from"), {},
                                                      tr("Texts (*.txt *.md *.rst *.pod);;All files (*)"));
    if (!chosen.isEmpty()) setPaths(paths() + chosen);
}

void PathsEdit::chooseFolder(bool add) {
    const auto chosen = QFileDialog::getExistingDirectory(this, m_edit->accessibleName());
    if (!chosen.isEmpty()) setPaths((add ? paths() : QStringList{}) << chosen);
}

}  // namespace dotmoe::studio
