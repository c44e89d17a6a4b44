#include "app/studio/view_saver.h"

#include <QApplication>
#include <QFileDialog>
#include <QMenu>
#include <QRegularExpression>
#include <array>

#include "widgets/saveable_view.h"

namespace dotmoe::studio {
namespace {

constexpr std::array suffixes{"png", "svg", "csv"};

int areaOf(const QWidget* view) {
    return view->width() * view->height();
}

/// "Transport plan" -> transport-plan
QString fileNameOf(const QWidget* view) {
    return view->accessibleName().toLower().replace(QRegularExpression(QStringLiteral("[^a-z0-9]+")),
                                                    QStringLiteral("-"));
}

}  // namespace

ViewSaver::ViewSaver(QWidget& window) : m_window(window) {
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        for (; now != nullptr; now = now->parentWidget())
            if (m_views.contains(now)) m_last = now;
    });
}

void ViewSaver::adopt() {
    for (auto* view : m_window.findChildren<QWidget*>()) {
        if (dynamic_cast<SaveableView*>(view) == nullptr) continue;
        m_views << view;
        if (view->focusPolicy() == Qt::NoFocus) view->setFocusPolicy(Qt::ClickFocus);
        view->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(view, &QWidget::customContextMenuRequested, this,
                [this, view](QPoint position) { showMenu(view, position); });
    }
}

QWidget* ViewSaver::chosenView() const {
    if (m_last && m_last->isVisible()) return m_last;
    QWidget* largest = nullptr;
    for (const auto& view : m_views)
        if (view && view->isVisible() && (!largest || areaOf(view) > areaOf(largest))) largest = view;
    return largest;
}

void ViewSaver::chooseWhereToSave() {
    if (auto* view = chosenView()) askFor(view, QStringLiteral("png"));
}

void ViewSaver::showMenu(QWidget* view, QPoint position) {
    auto* menu = new QMenu(view);
    menu->setObjectName("viewMenu");
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(view->actions());
    if (!menu->isEmpty()) menu->addSeparator();
    for (const auto* suffix : suffixes) {
        auto* action = menu->addAction(tr("Save as %1 …").arg(QString::fromLatin1(suffix).toUpper()));
        connect(action, &QAction::triggered, this,
                [this, view, suffix] { askFor(view, QString::fromLatin1(suffix)); });
    }
    menu->popup(view->mapToGlobal(position));  // not exec(): the pictures go on behind it
}

void ViewSaver::askFor(QWidget* view, const QString& suffix) {
    const QStringList filters{tr("Picture (*.png)"), tr("Vector picture (*.svg)"), tr("Table (*.csv)")};
    auto* dialog = new QFileDialog(&m_window, tr("Save: %1").arg(view->accessibleName()));
    dialog->setObjectName("saveViewDialog");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(suffix);
    for (const auto& filter : filters)
        if (filter.contains(suffix)) dialog->selectNameFilter(filter);
    dialog->selectFile(fileNameOf(view));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, filters](const QString& filter) {
        dialog->setDefaultSuffix(QString::fromLatin1(
            suffixes.at(static_cast<std::size_t>(std::max<qsizetype>(0, filters.indexOf(filter))))));
    });
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, view = QPointer(view)](const QString& path) { save(view, path); });
    dialog->open();
}

void ViewSaver::save(QWidget* view, const QString& path) {
    auto* saveable = dynamic_cast<SaveableView*>(view);
    if (!saveable) return;
    if (const auto reason = saveView(*saveable, path)) return emit refused(*reason);
    emit saved(path);
}

}  // namespace dotmoe::studio
