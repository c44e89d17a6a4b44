#include "app/studio/panels/welcome_panel.h"

#include <QCommandLinkButton>
#include <QFileInfo>
#include <QLabel>
#include <QVBoxLayout>

namespace dotmoe::studio {
namespace {

constexpr int most_recent = 4;  ///< the menu has more

}  // namespace

WelcomePanel::WelcomePanel(bool toy, QWidget* parent)
    : QWidget(parent), m_recent(new QWidget), m_recentRows(new QVBoxLayout(m_recent)) {
    setObjectName("welcome");
    setAccessibleName(tr("Where to begin"));
    auto* heading =
        new QLabel(tr("<h2>A dense language model becomes a mixture of experts. Watch it happen.</h2>"));
    heading->setWordWrap(true);

    auto* row = new QHBoxLayout;
    row->setSpacing(16);
    auto* watch =
        addCard(row, "welcomeToy", tr("Watch a conversion"),
                tr("A toy: a tiny model, really converted on this machine in about half a minute. To see how "
                   "it works, not to use."));
    watch->setEnabled(toy);
    if (!toy) watch->setToolTip(tr("The toy model is not installed; packaging/run.sh makes it"));
    auto* model =
        addCard(row, "welcomeModel", tr("Open my model, or a recording"),
                tr("A GGUF file, the config.json of a Hugging Face folder, or a recording to replay "
                   "without the model."));
    auto* folder = addCard(row, "welcomeFolder", tr("Open a conversion"),
                           tr("A folder that was converted: try it beside its dense model, and export it."));
    auto* below = new QHBoxLayout;
    m_tour = addCard(below, "welcomeTour", tr("Take the tour"),
                     tr("What each part of the window shows, in a minute, while the toy is converted."));
    m_tour->setEnabled(toy);
    m_tour->setToolTip(watch->toolTip());
    connect(m_tour, &QAbstractButton::clicked, this, &WelcomePanel::tourWanted);
    connect(watch, &QAbstractButton::clicked, this, &WelcomePanel::toyWanted);
    connect(model, &QAbstractButton::clicked, this, &WelcomePanel::modelWanted);
    connect(folder, &QAbstractButton::clicked, this, &WelcomePanel::folderWanted);

    m_recentRows->setContentsMargins(0, 0, 0, 0);
    auto* hint =
        new QLabel(tr("Or drop a file or folder here. Ctrl+Shift+P finds every command, F1 shows "
                      "the shortcuts."));
    hint->setForegroundRole(QPalette::PlaceholderText);
    hint->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(20);
    column->addStretch(1);
    column->addWidget(heading);
    column->addLayout(row);
    column->addLayout(below);
    column->addWidget(m_recent);
    column->addWidget(hint);
    column->addStretch(2);
    setRecent({});
}

QCommandLinkButton* WelcomePanel::addCard(QHBoxLayout* row, const char* name, const QString& title,
                                          const QString& description) {
    auto* card = new QCommandLinkButton(title, description);
    card->setObjectName(QString::fromLatin1(name));
    card->setAccessibleName(title);
    card->setAccessibleDescription(description);
    card->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    row->addWidget(card, 1);
    return card;
}

void WelcomePanel::setTourSeen(bool seen) {
    m_tour->setVisible(!seen);
}

void WelcomePanel::setRecent(const QStringList& paths) {
    while (auto* item = m_recentRows->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    m_recent->setVisible(!paths.isEmpty());
    if (!paths.isEmpty()) m_recentRows->addWidget(new QLabel(tr("Opened lately")));
    for (const auto& path : paths.mid(0, most_recent)) {
        auto* open = new QCommandLinkButton(QFileInfo(path).fileName(), path);
        open->setAccessibleName(tr("Open %1").arg(path));
        connect(open, &QAbstractButton::clicked, this, [this, path] { emit recentWanted(path); });
        m_recentRows->addWidget(open);
    }
}

}  // namespace dotmoe::studio
