"""The words in which each purpose is first asked for. A new wording is a new version: old ones stay as they were read."""

from datetime import date

from django.db import migrations

from hajar.journal.append_only import refuse

VERSION, FROM = "2026-11", date(2026, 11, 1)
FRENCH = {
    "care": (
        "Nous notons le nom de votre enfant, son adresse, ses mesures et ce qui l’aide à s’asseoir, pour choisir un"
        " fauteuil et le suivre. Seules les personnes de l’association qui s’occupent de vous les lisent. Sans cet"
        " accord nous ne pouvons pas préparer de fauteuil. Vous pouvez voir tout ce que nous gardons, le faire corriger"
        " ou le faire effacer, à tout moment et gratuitement."
    ),
    "hospital": (
        "Nous pouvons envoyer à l’hôpital qui suit votre enfant ses mesures et les réglages de son fauteuil, et lui"
        " demander ce qu’il faut savoir pour les visites. Rien d’autre, et à personne d’autre. Si vous refusez, cela ne"
        " change rien pour le fauteuil."
    ),
    "proof_photo": (
        "Le jour de la remise, le bénévole peut prendre une photo du fauteuil en place. Elle prouve que le fauteuil est"
        " arrivé. Elle reste dans le dossier et n’est jamais publiée. Si vous refusez, cela ne change rien."
    ),
    "publication_photo": (
        "Une photo de votre enfant peut paraître dans un rapport de l’association, sans son nom ni sa maladie. Une photo"
        " publiée peut être copiée par d’autres : réfléchissez-y. Si vous refusez, cela ne change rien. Si vous changez"
        " d’avis, nous effaçons la photo partout où nous la gardons."
    ),
    "research": (
        "Un jour, des médecins peuvent nous demander de parler à des familles. Nous vous appellerions d’abord, et vous"
        " choisiriez. Nous ne donnons jamais votre nom ni votre numéro. Si vous refusez, cela ne change rien."
    ),
    "messages": (
        "Nous pouvons vous écrire, par SMS ou WhatsApp, pour rappeler un rendez-vous ou une visite. Les messages ne"
        " disent jamais la maladie de votre enfant. Si vous refusez, nous vous appelons seulement quand il le faut."
    ),
}
ARABIC = {
    "care": (
        "نسجل اسم طفلكم وعنوانه وقياساته وما يساعده على الجلوس، لكي نختار له كرسيا ونتابعه. لا يطلع عليها إلا أفراد"
        " الجمعية الذين يعتنون بكم. بدون هذه الموافقة لا يمكننا إعداد كرسي. يمكنكم أن تطلعوا على كل ما نحتفظ به، وأن"
        " تطلبوا تصحيحه أو محوه، في أي وقت ومجانا."
    ),
    "hospital": (
        "يمكننا أن نرسل إلى المستشفى الذي يتابع طفلكم قياساته وضبط كرسيه، وأن نسأله عما يجب معرفته من أجل الزيارات. لا"
        " شيء غير ذلك، ولا لأحد غيره. إذا رفضتم فلن يتغير شيء بالنسبة إلى الكرسي."
    ),
    "proof_photo": (
        "يوم التسليم يمكن للمتطوع أن يلتقط صورة للكرسي في مكانه. تثبت هذه الصورة أن الكرسي قد وصل. تبقى في الملف ولا"
        " تنشر أبدا. إذا رفضتم فلن يتغير شيء."
    ),
    "publication_photo": (
        "يمكن أن تظهر صورة لطفلكم في تقرير للجمعية، دون اسمه ودون مرضه. الصورة المنشورة قد ينسخها آخرون: فكروا في ذلك."
        " إذا رفضتم فلن يتغير شيء. وإذا غيرتم رأيكم محونا الصورة من كل مكان نحتفظ بها فيه."
    ),
    "research": (
        "قد يطلب منا أطباء يوما أن يتحدثوا إلى بعض الأسر. سنتصل بكم أولا، وأنتم من يختار. لا نعطي أبدا اسمكم ولا رقمكم."
        " إذا رفضتم فلن يتغير شيء."
    ),
    "messages": (
        "يمكننا أن نكتب إليكم، برسالة قصيرة أو عبر واتساب، للتذكير بموعد أو زيارة. لا تذكر الرسائل أبدا مرض طفلكم. إذا"
        " رفضتم فلن نتصل بكم إلا عند الضرورة."
    ),
}


def write(apps, schema_editor):
    ConsentText = apps.get_model("beneficiaries", "ConsentText")
    texts = {
        "fr": FRENCH,
        "ar": ARABIC,
        "zgh": ARABIC,
    }  # Tamazight is spoken: what stands there is put into words while reading
    ConsentText.objects.bulk_create(
        ConsentText(purpose=purpose, language=language, version=VERSION, text=text, from_on=FROM)
        for language, by_purpose in texts.items()
        for purpose, text in by_purpose.items()
    )


def take_away(apps, schema_editor):
    apps.get_model("beneficiaries", "ConsentText").objects.filter(version=VERSION).delete()


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0011_consents_and_rights")]

    operations = [
        migrations.RunPython(write, take_away),
        refuse("beneficiaries_consenttext", "UPDATE"),
        refuse("beneficiaries_consenttext", "DELETE"),
    ]
